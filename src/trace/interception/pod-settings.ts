import type {PodConfig} from '../../ebpf/interception.js'
import {type PodIntent, podIntent} from '../../netfilter/check/pod-intent.js'
import {purposeOf} from '../../netfilter/purpose.js'
import type {Mesh} from '../mesh.js'
import type {Place} from '../place.js'

/** What a pod asks of whatever intercepts it: its command of istio-iptables and its annotations; Istio's defaults where neither is known. */
export function settingsOf(mesh: Mesh, place: Place): PodIntent {
  const command = mesh.snapshot.text(`pods/${place.name}/istio-iptables.cmd`)
  const found = podIntent(command, place.facts?.annotations ?? {}, null) ?? podIntent(null, {}, 'REDIRECT')
  if (found === null) throw new Error('a mode alone makes an intent')
  return found
}

/** The proxy's own ports, which Merbridge's controller excludes for every pod (controller/pod.go). */
const builtIn = [15006, 15001, 15008, 15090, 15021, 15020, 15000]

/** Room in each list of the map. */
const most = 20

/** The same as Merbridge's controller writes it for its programs: `*` is an empty list, and each list ends after twenty. */
export const podConfigOf = (intent: PodIntent): PodConfig => ({
  statusPort: 15021,
  excludeOutRanges: intent.excludeOutboundRanges.slice(0, most),
  includeOutRanges: intent.includeOutboundRanges === '*' ? [] : intent.includeOutboundRanges.slice(0, most),
  includeInPorts: intent.includeInboundPorts === '*' ? [] : intent.includeInboundPorts.slice(0, most),
  includeOutPorts: intent.includeOutboundPorts.slice(0, most),
  excludeInPorts: [...new Set([...builtIn, ...intent.excludeInboundPorts])].slice(0, most),
  excludeOutPorts: intent.excludeOutboundPorts.slice(0, most),
})

/** Name servers whose questions the captured rules send to the sidecar. */
export const capturedNameServers = ({rulesets}: Place): string[] => [
  ...new Set(
    rulesets.flatMap(({tables}) =>
      tables.flatMap((table) =>
        table.chains.flatMap((chain) =>
          chain.rules.flatMap((rule) => {
            const {purpose} = purposeOf(table, chain, rule)
            return purpose.kind === 'dns-capture' && purpose.server !== null && purpose.protocol === 'udp'
              ? [purpose.server.replace(/\/\d+$/, '')]
              : []
          }),
        ),
      ),
    ),
  ),
]
