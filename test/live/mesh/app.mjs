// The app of a pod: HTTP on 9080 that says which pod answers, and an echo on 7070.
import {createServer as createHttp} from 'node:http'
import {createServer as createTcp} from 'node:net'

const [, , pod, pooled] = process.argv
const http = createHttp((request, response) => {
  if (pooled !== 'pooled') response.setHeader('connection', 'close')
  response.end(JSON.stringify({pod, path: request.url, peer: request.socket.remoteAddress}))
})
http.keepAliveTimeout = 600_000
http.listen(9080, '0.0.0.0', () => {
  createTcp((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (data) => socket.end(`${pod} ${data}`))
  }).listen(7070, '0.0.0.0', () => console.log('ready'))
})
