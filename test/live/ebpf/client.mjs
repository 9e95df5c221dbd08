// A client: connects, sends lines one after the other, each when the last was answered, and says what it saw.
import {connect} from 'node:net'

const [, , host, port, lines = '1', uid = '1000', gid = '1000'] = process.argv
process.setgid(Number(gid))
process.setuid(Number(uid))
let left = Number(lines)
let [answer, seen] = ['', null]
const tell = (outcome) => {
  console.log(JSON.stringify({outcome, answer: answer.trim(), ...seen}))
  process.exit(0)
}
const socket = connect({host, port: Number(port)}, () => {
  seen = {local: socket.localAddress, remote: `${socket.remoteAddress}:${socket.remotePort}`}
  socket.setNoDelay(true)
  socket.write('hello\n')
})
socket.on('data', (data) => {
  answer = String(data)
  if (--left === 0) tell('answered')
  else socket.write('hello\n')
})
socket.on('close', () => tell('closed'))
socket.on('error', (error) => tell(error.code))
setTimeout(() => tell('silent'), 5000)
