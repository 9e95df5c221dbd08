import type {PodToCheck} from '../netfilter/check/check-rules.js'
import {podIntent} from '../netfilter/check/pod-intent.js'
import type {PodFacts, Snapshot} from '../snapshot/snapshot.js'
import {inNamespace} from './cluster-flags.js'
import {openLiveRules, openRules, type RulesSource, type RulesSourceFlags, rulesOfPlace} from './rules-source.js'

/** One set of rules to check, with what is known of the pod that it belongs to. */
export interface RulesPlace {
  /** For people. */
  name: string
  source: RulesSource
  pod: PodToCheck | null
}

/**
 * The places that the flags name: one, or every pod and node of a snapshot whose rules were captured.
 * @throws UsageError, SourceError, DataError
 */
export async function openRulesPlaces(flags: RulesSourceFlags): Promise<RulesPlace[]> {
  if (flags.from === undefined && flags.pod !== undefined) {
    const {source, facts, files} = await openLiveRules(flags.pod, flags)
    return [{name: podName(facts), source, pod: podToCheck(facts, files['istio-iptables.cmd'] ?? null)}]
  }
  if (flags.from === undefined) {
    const name = flags.pid === undefined ? (flags.file ?? []).join(', ') : `process ${flags.pid}`
    return [{name, source: await openRules(flags), pod: null}]
  }
  const [{openSnapshot}, {findPod, podFolder, podId}] = await Promise.all([
    import('../sources/open-snapshot.js'),
    import('../snapshot/pod-name.js'),
  ])
  if (flags.node !== undefined) return [{name: flags.node, source: await openRules(flags), pod: null}]
  const snapshot = await openSnapshot(flags.from)
  const named = flags.pod === undefined ? null : findPod(snapshot.document, inNamespace(flags.pod, flags.namespace))
  const places: RulesPlace[] = []
  for (const pod of named === null ? snapshot.document.pods : [named]) {
    const folder = podFolder(pod)
    if (named === null && !hasRules(snapshot, folder)) continue
    const source = rulesOfPlace((file) => snapshot.text(`${folder}/${file}`), podId(pod), [])
    places.push({name: podId(pod), source, pod: podToCheck(pod, snapshot.text(`${folder}/istio-iptables.cmd`))})
  }
  if (named !== null) return places
  for (const {name} of snapshot.document.nodes)
    if (hasRules(snapshot, `nodes/${name}`))
      places.push({name, source: rulesOfPlace((file) => snapshot.text(`nodes/${name}/${file}`), name, []), pod: null})
  return places
}

const podName = ({namespace, name}: PodFacts): string => `${namespace}/${name}`

const ruleFiles = /\/(ip6?tables(-legacy)?-save\.txt|nft-ruleset\.(txt|json))$/

const hasRules = (snapshot: Snapshot, folder: string): boolean =>
  snapshot.files().some((file) => file.startsWith(`${folder}/`) && ruleFiles.test(file))

export function podToCheck(pod: PodFacts, command: string | null): PodToCheck {
  const mode = pod.sidecar === true && pod.role !== 'router' ? (pod.interceptionMode ?? null) : 'NONE'
  return {
    ports: (pod.containers ?? []).filter(({name}) => name !== 'istio-proxy').flatMap(({ports}) => ports ?? []),
    appUid: pod.appUid ?? null,
    proxyUid: pod.proxyUid ?? null,
    proxyGid: pod.proxyGid ?? null,
    intent: podIntent(command, pod.annotations ?? {}, mode),
  }
}
