/** What a file of a pod, a node or an outside host tells. */
export type FileGroup = 'proxy' | 'rules' | 'network' | 'ebpf' | 'other'

/** A file that a capture may hold, by name. */
interface KnownFile {
  group: FileGroup
  /** What is lost without it, for people; null where nothing that is shown or traced needs it. */
  tells: string | null
}

const known: ReadonlyMap<string, KnownFile> = new Map<string, KnownFile>([
  ['config_dump.json', {group: 'proxy', tells: 'configuration of the proxy'}],
  ['clusters.json', {group: 'proxy', tells: 'health of endpoints'}],
  ['listeners.json', {group: 'proxy', tells: null}],
  ['server_info.json', {group: 'proxy', tells: null}],
  ['stats.json', {group: 'proxy', tells: null}],
  ['certs.json', {group: 'proxy', tells: null}],
  ['runtime.json', {group: 'proxy', tells: null}],
  ['ip-addr.json', {group: 'network', tells: 'addresses'}],
  ['ip-route.json', {group: 'network', tells: 'routes'}],
  ['ip-rule.json', {group: 'network', tells: 'routing policy'}],
  ['ss-lntup.txt', {group: 'network', tells: 'listening sockets'}],
  ['sysctl.txt', {group: 'network', tells: 'sysctls'}],
  ['resolv.conf', {group: 'network', tells: null}],
  ['hosts.txt', {group: 'network', tells: null}],
  ['conntrack.txt', {group: 'network', tells: null}],
])

const ruleFile = /^(?:ip6?tables-.*|nft-ruleset\.(?:txt|json)|ipset\.txt|istio-iptables\.(?:cmd|log))$/

/** The group of a file by its name inside the place's folder. */
export function groupOf(file: string): FileGroup {
  if (file.startsWith('ebpf/')) return 'ebpf'
  if (file.startsWith('mosn/')) return 'proxy'
  return known.get(file)?.group ?? (ruleFile.test(file) ? 'rules' : 'other')
}

/** Whether a file holds the rules in force, rather than how they came about or one table's listing. */
const isRuleset = (file: string): boolean =>
  /^(?:ip6?tables(?:-legacy)?-save\.txt|nft-ruleset\.(?:txt|json))$/.test(file)

/** What the capture of a place does not tell, for people. An app without a proxy has no configuration to lack. */
export function lacking(files: readonly string[], hasProxy: boolean): string[] {
  // A MOSN has all that it tells of its configuration in one dump, and endpoints in that.
  const asksEnvoy = hasProxy && !files.includes('mosn/config_dump.json')
  const lacks = [...known]
    .filter(([file, {group, tells}]) => tells !== null && !files.includes(file) && (group !== 'proxy' || asksEnvoy))
    .flatMap(([, {tells}]) => tells ?? [])
  return files.some(isRuleset) ? lacks : ['rules', ...lacks]
}
