/** The documents that are given for one another; each has a member by which it is known. */
const knownMembers: Record<string, string> = {
  configs: 'a config dump',
  cluster_statuses: 'the answer of /clusters?format=json',
  clusterStatuses: 'the answer of /clusters?format=json',
  listener_statuses: 'the answer of /listeners?format=json',
  certificates: 'the answer of /certs',
  stats: 'the answer of /stats?format=json',
  hot_restart_version: 'the answer of /server_info',
  nftables: 'an nft ruleset',
  cluster_manager: 'a dump of a MOSN proxy',
  mosn_config: 'a dump of a MOSN proxy',
  static_resources: 'an Envoy bootstrap file',
  apiVersion: 'a document of sidetrace or Kubernetes',
}

/** What the document is in which a member of this name stands at the top, or undefined. */
export const kindByMember = (name: string): string | undefined => knownMembers[name]

const beginnings: [RegExp, string][] = [
  [/^supported APIs:/, 'is the help text of a MOSN admin port'],
  [/^<(!doctype|html|head|body|\?xml)/i, 'is an HTML page'],
  [/^(#.*\r?\n)*\*(nat|mangle|filter|raw|security)\b/, 'is iptables-save output'],
  [/^table (ip|ip6|inet|arp|bridge|netdev) /m, 'is an nft ruleset'],
  [/^-[PNA] [A-Z]/, 'is the output of iptables -S'],
  [/^Chain \S+ \(/, 'is the output of iptables -L'],
  [/^\S*::default_priority::|^\S+::(added_via_api|observability_name|\S+:\d+::)/m, 'is the text answer of /clusters'],
  [/^\[/, 'is a JSON list'],
  [/^["\d-]|^(true|false|null)\b/, 'is a bare JSON value'],
  [/^\w[\w.-]*:(\s|$)/, 'is YAML'],
  [/^PK\x03\x04/, 'is a zip archive'],
  [/^\0|\ufffd/, 'is a binary file'],
]

/** What a file that does not begin with a brace looks like; where nothing is recognised, how it begins. */
export function kindByBeginning(head: Uint8Array): string {
  const text = Buffer.from(head.subarray(0, 4096)).toString('utf8').trimStart()
  const known = beginnings.find(([pattern]) => pattern.test(text))?.[1]
  return known ?? `is not JSON but begins with "${(text.split('\n')[0] ?? '').slice(0, 80)}"`
}
