import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {readEnvironment} from '../../../src/netfilter/environment/read-environment.js'
import type {Environment} from '../../../src/netfilter/environment.js'
import {root} from '../../setup/run-bin.js'
import {makeNamespace, type Namespace} from '../sources/namespace.js'
import {type Addresses, addresses} from './addresses.js'
import {ipsets, portSet} from './random-rules.js'

/** A namespace like a pod's, whose eth0 leads to nobody who answers. */
export interface Network {
  namespace: Namespace
  environment: Environment
  /** Of eth0. */
  mac: string
  /** Takes every rule away but those that note a packet's end. */
  clear(): void
}

export async function makeNetwork(): Promise<Network> {
  const namespace = await makeNamespace()
  const ip = (...args: string[]): string => namespace.run('ip', args)
  const sysctl = (...settings: string[]): string => namespace.run('sysctl', ['-qw', ...settings])
  ip('link', 'set', 'lo', 'up')
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0-peer')
  sysctl('net.ipv6.conf.eth0-peer.disable_ipv6=1', 'net.ipv6.conf.eth0.accept_ra=0')
  ip('link', 'set', 'eth0', 'addrgenmode', 'none')
  for (const link of ['eth0', 'eth0-peer']) ip('link', 'set', link, 'up')
  for (const family of [addresses[4], addresses[6]]) addFamily(namespace, family)
  for (const name of ['all', 'default', 'eth0', 'lo']) sysctl(`net.ipv4.conf.${name}.rp_filter=0`)
  sysctl('net.ipv4.ip_forward=0', 'net.ipv6.conf.all.forwarding=0')
  namespace.run('ipset', ['restore'], portSet + ipsets(addresses[4]) + ipsets(addresses[6]))
  // Gate: iproute2's own JSON.
  const [link] = JSON.parse(ip('-j', 'link', 'show', 'eth0')) as {address: string}[]
  return {
    namespace,
    environment: readNetwork(namespace),
    mac: link?.address ?? '',
    clear: () => {
      for (const tables of ['iptables-legacy-restore', 'ip6tables-legacy-restore']) clearLegacy(namespace, tables)
      namespace.run('nft', ['flush', 'ruleset'])
      namespace.run('nft', ['-f', '-'], readFileSync(join(root, 'test/live/netfilter/probe.nft'), 'utf8'))
    },
  }
}

/** x_tables keep their tables once they were asked for: empty ones decide nothing. */
function clearLegacy(namespace: Namespace, command: string): void {
  const empty = ['raw', 'mangle', 'nat', 'filter'].map((table) => `*${table}\nCOMMIT\n`).join('')
  namespace.run('sh', ['-c', `! command -v ${command} >/dev/null || ${command}`], empty)
}

/** Nobody answers: what leaves is for an address of no machine, and nobody is asked who has it. */
function addFamily({run}: Namespace, {version, own, lengths, gateway, foreign, loopback}: Addresses): void {
  const ip = (...args: string[]): string => run('ip', [`-${version}`, ...args])
  const nodad = version === 6 ? ['nodad'] : []
  for (const [i, address] of own.entries()) ip('addr', 'add', `${address}/${lengths[i]}`, 'dev', 'eth0', ...nodad)
  if (version === 6) ip('addr', 'add', `${loopback[1]}/128`, 'dev', 'lo')
  ip('route', 'add', 'default', 'via', gateway, 'dev', 'eth0')
  for (const far of [gateway, ...foreign])
    ip('neigh', 'add', far, 'lladdr', '02:00:00:00:00:99', 'dev', 'eth0', 'nud', 'permanent')
  ip('route', 'add', 'local', 'default', 'dev', 'lo', 'table', '133')
  ip('rule', 'add', 'fwmark', '0x539', 'lookup', '133')
}

const perInterface = ['all', 'eth0', 'lo'].flatMap((name) =>
  ['route_localnet', 'rp_filter', 'accept_local'].map((setting) => `net.ipv4.conf.${name}.${setting}`),
)

/** The namespace as it is now. */
export function readNetwork({run}: Namespace): Environment {
  const both = (...args: string[]): string => ['-4', '-6'].map((family) => run('ip', [family, ...args])).join('')
  return {
    ...readEnvironment({
      ipAddr: run('ip', ['-j', 'addr']),
      sysctl: run('sysctl', ['net.ipv4.ip_forward', 'net.ipv6.conf.all.forwarding', ...perInterface]),
      ipset: run('ipset', ['save']),
    }),
    ipRules: both('rule').split('\n'),
    ipRoutes: both('route', 'show', 'table', 'all').split('\n'),
    listeners: ['0.0.0.0', '[::]'].map((address) => ({proto: 'tcp', address, port: 15006, transparent: true})),
  }
}
