import {formatIpAddress, type IpAddress, parseIpAddress} from '../../address/ip-address.js'
import {formatSocketAddress} from '../../address/socket-address.js'
import {DataError} from '../../errors.js'
import type {Mapping} from '../mapping.js'
import {hasPorts} from '../protocols.js'
import type {Connection, PacketState} from './packet-state.js'
import {type Run, record} from './run.js'

function read(text: string): IpAddress {
  const address = parseIpAddress(text)
  if (address === null) throw new DataError('is no IP address', `mapping ${text}`)
  return address
}

/** The addresses that replies carry. */
export function rememberMapping(connection: Connection, {src, sport, dst, dport}: Mapping): void {
  connection.replsrc = read(dst)
  connection.replsrcport = dport ?? connection.replsrcport
  connection.repldst = read(src)
  connection.repldstport = sport ?? connection.repldstport
}

const differs = (packet: PacketState, side: 'src' | 'dst', address: IpAddress, port: number | null): boolean =>
  packet[side].value !== address.value || (port !== null && port !== (side === 'src' ? packet.sport : packet.dport))

/** Gives the packet the connection's own destination or source; whether it had another one. */
export function followMapping(run: Run, side: 'src' | 'dst'): boolean {
  const {packet, mapping} = run
  if (mapping === null) return false
  const address = read(mapping[side])
  const port = hasPorts(packet.protocol) ? (side === 'src' ? mapping.sport : mapping.dport) : null
  const changed = differs(packet, side, address, port)
  if (changed || side === 'dst') tell(run, changed ? `${side} ${socketText(address, port)}` : 'as it is')
  if (!changed) return false
  packet[side] = address
  if (side === 'src') packet.sport = port ?? packet.sport
  else packet.dport = port ?? packet.dport
  if (side === 'dst' && mapping.by !== null) packet.redirected = {by: mapping.by, address, port}
  return true
}

const tell = (run: Run, decided: string): void =>
  record(run, 'conntrack', 'conntrack', decided, [
    {field: 'ctstate', want: 'ESTABLISHED', got: 'ESTABLISHED', holds: 'yes'},
  ])

const socketText = (address: IpAddress, port: number | null): string =>
  port === null ? formatIpAddress(address) : formatSocketAddress({ip: formatIpAddress(address), port})
