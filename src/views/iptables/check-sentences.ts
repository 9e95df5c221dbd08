import type {ExamplePacket, PlacedFinding} from '../../netfilter/check/finding.js'
import type {Packet} from '../../netfilter/packet.js'

/** A finding in words. */
export interface FindingWords {
  message: string
  evidence: string
  remedy: string
}

const socket = (ip: string, port: number | undefined): string =>
  port === undefined ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`

function packetWords(packet: Packet): string {
  const words = [`${packet.proto} ${socket(packet.src, packet.sport)} > ${socket(packet.dst, packet.dport)}`]
  if (packet.in) words.push(`in ${packet.in}`)
  if (packet.out) words.push(`out ${packet.out}`)
  if (packet.uid !== undefined)
    words.push(packet.uid === null ? 'no owner' : `uid ${packet.uid} gid ${packet.gid ?? '?'}`)
  if (packet.mark) words.push(`mark 0x${packet.mark.toString(16)}`)
  if (packet.ctstate !== undefined && packet.ctstate !== 'NEW') words.push(packet.ctstate)
  return words.join(', ')
}

const sayExample = ({hook, packet, takenBy}: ExamplePacket): string =>
  `${hook}: ${packetWords(packet)}${takenBy === null ? '' : ` is taken by ${takenBy}`}`

const familyWord = (version: 4 | 6): string => (version === 4 ? 'IPv4' : 'IPv6')
const other = (version: 4 | 6): 4 | 6 => (version === 4 ? 6 : 4)

/** What a finding says, what proves it, and what to do. */
export function sayFinding({finding, place, severity}: PlacedFinding): FindingWords {
  const rule = place.rule ?? place.chain ?? 'the rules'
  const harmless = severity === 'info'
  switch (finding.kind) {
    case 'shadowed':
      return {
        message: `${rule} never matches: ${finding.by.length === 1 ? 'an earlier rule takes' : 'earlier rules together take'} all its packets`,
        evidence: `taken by ${finding.by.join(' and ')}${finding.example === null ? '' : `; ${sayExample(finding.example)}`}`,
        remedy: harmless
          ? 'Nothing to do: its writer always writes it so. If you count on this rule, look at those before it.'
          : `Move it before ${finding.by[0] ?? 'the earlier rule'}, narrow that one, or remove this rule.`,
      }
    case 'contradiction':
      return {
        message: `${rule} never matches: its conditions exclude each other`,
        evidence: place.text ?? '',
        remedy: 'Correct its conditions, or remove the rule.',
      }
    case 'impossible-here':
      return {
        message: `${rule} never matches: no such packet comes to chain ${place.chain ?? ''}`,
        evidence:
          finding.caller === null
            ? `what the ${finding.hook} hook sees in this table is never so: ${place.text ?? ''}`
            : `${finding.caller} leads here, and lets none such pass`,
        remedy:
          finding.caller === null
            ? 'Put it in a hook that sees such packets.'
            : `Correct the rule, or widen ${finding.caller}.`,
      }
    case 'unreached-chain':
      return {
        message: `no packet comes to chain ${place.chain ?? ''}, which holds ${finding.rules} rule${finding.rules === 1 ? '' : 's'}`,
        evidence:
          finding.callers.length === 0
            ? 'no rule leads there'
            : `only ${finding.callers.join(' and ')} lead there, and never match`,
        remedy: harmless ? 'Nothing to do: its rules only return.' : 'Add the jump to it, or remove the chain.',
      }
    case 'counter':
      return {
        message: `${rule} has counted ${finding.packets} packet${finding.packets === 1 ? '' : 's'}, although no packet can match it now`,
        evidence: `counters tell of an earlier state: rules before it were added or changed after it had matched`,
        remedy: 'Find out who changed the rules; set the counters to zero (iptables -Z) and look again.',
      }
    case 'loop':
      return {
        message: `the proxy's own traffic (uid ${finding.owner.uid}, gid ${finding.owner.gid}) is sent back to the proxy`,
        evidence: `${sayExample(finding.example)} and goes to ${finding.to}`,
        remedy: `Put a RETURN for --uid-owner ${finding.owner.uid} (or --gid-owner ${finding.owner.gid}) before ${finding.example.takenBy ?? 'the redirect'}.`,
      }
    case 'intercepted-twice':
      return {
        message: `${finding.direction} port ${finding.port} is intercepted ${finding.by.length} times`,
        evidence: finding.by.map(({rule: name, by, to, origin}) => `${name} (${by} to ${to}, ${origin})`).join(' and '),
        remedy: 'Keep one: remove the rules of the other (a legacy set beside nf_tables, or REDIRECT beside TPROXY).',
      }
    case 'not-intercepted':
      return {
        message: `${finding.direction} port ${finding.port} of the pod's containers goes past the proxy, and no setting excludes it`,
        evidence: sayExample(finding.example),
        remedy: `Let it be redirected to ${finding.to}, or say so with excludeInboundPorts if it is meant.`,
      }
    case 'proxy-unreachable':
      return {
        message:
          finding.why === 'no-listener'
            ? `nobody listens on port ${finding.port}, where traffic is redirected to`
            : `what is redirected to port ${finding.port} is dropped before it comes there`,
        evidence: `${finding.by === null ? '' : `${finding.by}; `}${finding.example === null ? '' : sayExample(finding.example)}`,
        remedy:
          finding.why === 'no-listener'
            ? 'Start the proxy, or correct the port of the redirect.'
            : `Accept traffic to port ${finding.port} before ${finding.by ?? 'the rule that drops it'}.`,
      }
    case 'app-as-proxy':
      return {
        message: `the app runs as ${finding.id} ${finding.value}, which is the proxy's: its traffic goes past the proxy`,
        evidence: sayExample(finding.example),
        remedy: `Let the app run as another user and group than ${finding.value} (securityContext.runAsUser, runAsGroup).`,
      }
    case 'not-excluded':
      return {
        message: `${finding.direction} ${finding.what} is to be left alone, and goes to the proxy`,
        evidence: `${sayExample(finding.example)} and goes to ${finding.to}`,
        remedy:
          'The rules are of an earlier setting, or another writer changed them: restart the pod, so that they are written again.',
      }
    case 'not-included':
      return {
        message: `${finding.direction} ${finding.what} is to go to the proxy, and does not`,
        evidence: sayExample(finding.example),
        remedy:
          'The rules are of an earlier setting, or another writer changed them: restart the pod, so that they are written again.',
      }
    case 'wrong-mode':
      return {
        message: `interception mode ${finding.asked} is asked for, and the rules use ${finding.found}`,
        evidence: sayExample(finding.example),
        remedy: 'Restart the pod, so that its rules are written again.',
      }
    case 'one-family':
      return {
        message: `${familyWord(finding.has)} traffic is intercepted and ${familyWord(other(finding.has))} is not, though the pod has addresses of both`,
        evidence: `addresses ${finding.addresses.join(', ')}; only in ${familyWord(finding.has)}: ${finding.purposes.join(', ')}`,
        remedy: `Write the rules for both families (dual stack), or take the ${familyWord(other(finding.has))} address away.`,
      }
    case 'conflict':
      return {
        message: `${rule}, which is not Istio's, takes traffic before Istio's rules`,
        evidence: `${sayExample(finding.example)}: so it comes to ${finding.becomes}, and without that rule to ${finding.istio}`,
        remedy: `Remove ${rule}, or move it behind Istio's rules.`,
      }
    default:
      return finding satisfies never
  }
}
