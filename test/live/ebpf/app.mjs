// The app of a pod: answers every line with its pod's name and whom it believes to be asked by, on 7070 and 7071.
import {createServer} from 'node:net'

const [, , pod] = process.argv
for (const port of [7070, 7071])
  createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', () => socket.write(`${pod} ${socket.remoteAddress}\n`))
  }).listen(port, '0.0.0.0')
