import type {TraceRequest} from '../../trace/request.js'
import {rpcUrl} from '../rpc-url.js'

/** A word for a POSIX shell; what is plain stays as it is. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const headerWord = ([name, value]: [string, string | null]): string =>
  value === null ? `${name}:` : value === '' ? `${name};` : `${name}: ${value}`

/** `--resolve HOST:PORT:ADDR`, as curl has it. */
function resolveWords(url: string | null, connectTo: string | null): string[] {
  const [, scheme = '', host = '', port = scheme.toLowerCase() === 'https' ? '443' : '80'] =
    /^([a-z]+):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)(?::(\d+))?/i.exec(url ?? '') ?? []
  return connectTo === null || host === '' ? [] : ['--resolve', `${host}:${port}:${connectTo.replace(/:\d+$/, '')}`]
}

/** The command that asks for this trace; `source` are the words that name the mesh (`--from sample`). */
export function commandLine(request: TraceRequest, source: readonly string[]): string {
  const {client, method, headers, httpVersion, connectTo, tcp, url, rpc} = request
  const what = rpc
    ? [
        rpcUrl(rpc),
        ...(rpc.method === null ? [] : ['-X', rpc.method]),
        ...rpc.headers.flatMap((each) => ['-H', headerWord(each)]),
      ]
    : tcp === null
      ? [
          url ?? '',
          ...(method === null || method === 'GET' ? [] : ['-X', method]),
          ...headers.flatMap((each) => ['-H', headerWord(each)]),
        ]
      : ['--tcp', tcp.dst, ...(tcp.data === null ? [] : ['--data', tcp.data])]
  const words = [
    'sidetrace',
    'trace',
    client.pod,
    ...what,
    ...(httpVersion === '1.0' ? ['--http1.0'] : httpVersion === '2' ? ['--http2-prior-knowledge'] : []),
    ...resolveWords(url, connectTo),
    ...(request.connection === 'reused' ? ['--connection', 'reused'] : []),
    ...source,
    '--uid',
    String(client.uid),
    '--gid',
    String(client.gid),
  ]
  return words.map(shellWord).join(' ')
}
