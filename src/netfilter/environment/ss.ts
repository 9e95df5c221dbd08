import {DataError} from '../../errors.js'
import type {ListeningSocket} from '../environment.js'

/** The sockets of `ss -lntup`, with the process that holds each where root asked. Whether one is transparent it does not show. */
export function readListeners(text: string): ListeningSocket[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const [head = '', ...rows] = lines
  if (!/^Netid\s+State/.test(head)) throw new DataError('is not the output of ss -lntup', 'ss')
  return rows.flatMap((row) => {
    const [proto, state, , , local = ''] = row.trim().split(/\s+/)
    const parts = /^(.*):(\d+)$/.exec(local)
    if ((proto !== 'tcp' && proto !== 'udp') || (state !== 'LISTEN' && state !== 'UNCONN') || parts === null) return []
    const process = /users:\(\("([^"]*)"/.exec(row)?.[1]
    // `[::1]`, `127.0.0.53%lo`: the address without brackets and without its interface.
    const address = (parts[1] ?? '').replace(/^\[|\]$/g, '').replace(/%[^\]]*$/, '')
    return [{proto, address, port: Number(parts[2]), ...(process !== undefined && {process})}]
  })
}
