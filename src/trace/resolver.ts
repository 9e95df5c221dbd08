/** How processes of a network namespace turn names into addresses: what resolv.conf says. */
export interface Resolver {
  nameservers: string[]
  /** Domains that are tried behind a name. */
  search: string[]
  /** A name with fewer dots is tried with the search domains first. resolv.conf(5): 1 unless it says otherwise. */
  ndots: number
}

const words = (line: string): string[] =>
  line
    .replace(/[#;].*$/, '')
    .trim()
    .split(/\s+/)

/** Reads resolv.conf(5): of `search` and `domain` the last line holds. */
export function parseResolvConf(text: string): Resolver {
  const resolver: Resolver = {nameservers: [], search: [], ndots: 1}
  for (const [keyword, ...values] of text.split('\n').map(words)) {
    if (keyword === 'nameserver') resolver.nameservers.push(...values.slice(0, 1))
    if (keyword === 'search' || keyword === 'domain') resolver.search = values.map((value) => value.toLowerCase())
    const ndots = keyword === 'options' ? values.map((value) => /^ndots:(\d+)$/.exec(value)?.[1]) : []
    for (const value of ndots) if (value !== undefined) resolver.ndots = Math.min(15, Number(value))
  }
  return {
    ...resolver,
    search: resolver.search.map((domain) => domain.replace(/\.$/, '')).filter((domain) => domain !== ''),
  }
}

/** Reads a hosts file (hosts(5)): the addresses of each name, in the file's order. */
export function parseHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>()
  for (const [address = '', ...names] of text.split('\n').map(words))
    for (const name of names.map((each) => each.toLowerCase())) hosts.set(name, [...(hosts.get(name) ?? []), address])
  return hosts
}

/** What Kubernetes writes for the pods of a namespace (dnsPolicy ClusterFirst). */
export const clusterFirst = (namespace: string, nameserver: string | null): Resolver => ({
  nameservers: nameserver === null ? [] : [nameserver],
  search: [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'],
  ndots: 5,
})

/** The names that a resolver asks for, in order, until one has an address. A name that ends with a dot is asked as it is. */
export function candidateNames(host: string, {search, ndots}: Resolver): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)]
  const extended = search.map((domain) => `${host}.${domain}`)
  const dots = host.split('.').length - 1
  return dots >= ndots ? [host, ...extended] : [...extended, host]
}

/** The domain of the cluster's services, as the search list names it. */
export const clusterDomain = ({search}: Resolver): string =>
  search.map((domain) => /^svc\.(.+)$/.exec(domain)?.[1]).find((domain) => domain !== undefined) ?? 'cluster.local'
