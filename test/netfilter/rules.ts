import type {Environment} from '../../src/netfilter/environment.js'
import {type EvaluateOptions, evaluate} from '../../src/netfilter/evaluate/evaluate.js'
import type {HookPath, Packet} from '../../src/netfilter/packet.js'
import type {PacketBranch} from '../../src/netfilter/packet-trace.js'
import {parseRules} from '../../src/netfilter/parse/parse-rules.js'

/** One pod: eth0 with 10.244.1.5, and TPROXY's policy route. */
export const pod: Environment = {
  interfaces: [
    {name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128']},
    {name: 'eth0', index: 2, addresses: ['10.244.1.5/24', '10.244.1.55/24', 'fd00:244:1::55/64', 'fd00:244:1::5/64']},
  ],
  ipRules: ['0:\tfrom all lookup local', '32765:\tfrom all fwmark 0x539 lookup 133', '32766:\tfrom all lookup main'],
  ipRoutes: [
    'local default dev lo table 133 scope host',
    'default via 10.244.1.9 dev eth0',
    '10.244.1.0/24 dev eth0 proto kernel scope link src 10.244.1.5',
    'local 10.244.1.5 dev eth0 table local proto kernel scope host src 10.244.1.5',
    'local 10.244.1.55 dev eth0 table local proto kernel scope host src 10.244.1.5',
    'broadcast 10.244.1.255 dev eth0 table local proto kernel scope link src 10.244.1.5',
    'local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1',
    'local ::1 dev lo table local proto kernel metric 0 pref medium',
    'local fd00:244:1::5 dev eth0 table local proto kernel metric 0 pref medium',
    'local fd00:244:1::55 dev eth0 table local proto kernel metric 0 pref medium',
    'default via fd00:244:1::9 dev eth0 metric 1024 pref medium',
  ],
  sysctl: {'net.ipv4.ip_forward': 0, 'net.ipv4.conf.all.route_localnet': 0},
  listeners: [{proto: 'tcp', address: '0.0.0.0', port: 15006, transparent: true}],
}

export const syn: Packet = {
  proto: 'tcp',
  src: '10.244.1.5',
  dst: '1.2.3.4',
  sport: 40000,
  dport: 80,
  in: null,
  out: 'eth0',
  uid: 1000,
  gid: 1000,
  mark: 0,
  ctstate: 'NEW',
}

export const arriving: Packet = {
  ...syn,
  src: '10.9.8.7',
  dst: '10.244.1.5',
  in: 'eth0',
  out: null,
  uid: null,
  gid: null,
}

/** Rules of one table, as iptables-save has them. */
export const table = (name: string, ...lines: string[]): string => {
  const chains = new Set(lines.flatMap((line) => /^-A (\S+)/.exec(line)?.[1] ?? []))
  const own = [...chains].filter((chain) => !/^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/.test(chain))
  return [`*${name}`, ...own.map((chain) => `:${chain} - [0:0]`), ...lines, 'COMMIT', ''].join('\n')
}

/** The only way of a packet through rules of any form. */
export function way(rules: string, hook: HookPath, packet: Packet, environment: Environment = pod): PacketBranch {
  const [only, ...others] = ways(rules, hook, packet, environment)
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} ways`)
  return only
}

export const ways = (
  rules: string,
  hook: HookPath,
  packet: Packet,
  environment: Environment = pod,
  options: EvaluateOptions = {},
): PacketBranch[] =>
  evaluate(
    [parseRules(rules, {origin: 'rules', family: packet.src.includes(':') ? 'ip6' : 'ip'})],
    environment,
    hook,
    packet,
    options,
  )
