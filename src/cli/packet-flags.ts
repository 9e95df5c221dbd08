import {UsageError} from '../errors.js'
import {hookPaths, type PacketRequest, parsePacketRequest} from '../netfilter/parse/packet-request.js'
import {Flags} from './oclif.js'

const port = (summary: string) => Flags.integer({summary, min: 0, max: 65535, helpValue: 'PORT'})
const id = (summary: string) => Flags.string({summary, helpValue: 'ID|none'})

/** One packet as flags; what is not given is not known, and becomes an assumption where a rule asks for it. */
export const packetFlags = {
  hook: Flags.option({
    summary: 'The way through the kernel: out of a local socket, in to one, across, or one hook.',
    options: hookPaths,
  })(),
  proto: Flags.string({summary: 'Protocol, by name or number.', default: 'tcp'}),
  src: Flags.string({summary: 'Source address.', helpValue: 'IP'}),
  dst: Flags.string({summary: 'Destination address.', helpValue: 'IP'}),
  sport: port('Source port.'),
  dport: port('Destination port.'),
  in: Flags.string({summary: 'Incoming interface; found by route where it is not given.', helpValue: 'IFACE'}),
  out: Flags.string({summary: 'Outgoing interface; found by route where it is not given.', helpValue: 'IFACE'}),
  uid: id('User id of the sending socket; none for a packet without a socket of a process.'),
  gid: id('Group id of the sending socket.'),
  mark: Flags.string({summary: 'Mark, decimal or 0x...', helpValue: 'N'}),
  ctstate: Flags.option({
    summary: 'Conntrack state; NEW where it is not given.',
    options: ['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'] as const,
  })(),
  ctmark: Flags.string({summary: 'Mark of the connection.', helpValue: 'N'}),
  flags: Flags.string({summary: 'TCP flags that are set, e.g. SYN,ACK.', helpValue: 'LIST'}),
  'icmp-type': Flags.integer({summary: 'Type of an ICMP message.', min: 0, max: 255}),
  'icmp-code': Flags.integer({summary: 'Code of an ICMP message.', min: 0, max: 255}),
  ttl: Flags.integer({summary: 'Time to live, or hop limit.', min: 0, max: 255}),
  length: Flags.integer({summary: 'Length of the whole IP packet in bytes.', min: 0, max: 65535}),
  'second-pass': Flags.boolean({summary: 'The packet comes in over lo: its first pass went out on this machine.'}),
}

export interface PacketFlags {
  hook?: string | undefined
  proto: string
  src?: string | undefined
  dst?: string | undefined
  sport?: number | undefined
  dport?: number | undefined
  in?: string | undefined
  out?: string | undefined
  uid?: string | undefined
  gid?: string | undefined
  mark?: string | undefined
  ctstate?: string | undefined
  ctmark?: string | undefined
  flags?: string | undefined
  'icmp-type'?: number | undefined
  'icmp-code'?: number | undefined
  ttl?: number | undefined
  length?: number | undefined
  'second-pass': boolean
}

/** The packet that the flags describe. @throws UsageError for what is missing or no number */
export function packetOf(flags: PacketFlags): PacketRequest {
  const missing = (['hook', 'src', 'dst'] as const).filter((name) => flags[name] === undefined)
  if (missing.length > 0)
    throw new UsageError(
      'the packet is not described',
      missing.map((name) => `--${name}`).join(' '),
      'Give --hook, --src and --dst, or --batch FILE',
    )
  const {
    'icmp-type': icmpType,
    'icmp-code': icmpCode,
    'second-pass': secondPass,
    uid,
    gid,
    mark,
    ctmark,
    flags: list,
    ...same
  } = flags
  const packet = {
    ...same,
    uid: ownerId('uid', uid),
    gid: ownerId('gid', gid),
    mark: markOf('mark', mark),
    ctmark: markOf('ctmark', ctmark),
    flags: list?.split(',').filter((name) => name !== ''),
    icmpType,
    icmpCode,
    ...(secondPass ? {loopbackOf: true, natDone: true} : {}),
  }
  return parsePacketRequest(packet, 'the packet')
}

function ownerId(name: string, text: string | undefined): number | null | undefined {
  if (text === undefined || /^\d+$/.test(text)) return text === undefined ? undefined : Number(text)
  if (text === 'none') return null
  throw new UsageError('is neither a number nor none', `--${name} ${text}`)
}

function markOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^(0x[0-9a-fA-F]{1,8}|\d{1,10})$/.test(text) && Number(text) < 2 ** 32) return Number(text)
  throw new UsageError('is no mark', `--${name} ${text}`, 'Give a number up to 0xffffffff')
}
