import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {prepare} from '../../src/netfilter/evaluate/evaluate.js'
import {parseRules} from '../../src/netfilter/parse/parse-rules.js'
import {printIptablesSave} from '../../src/netfilter/parse/print-save.js'
import type {Ruleset} from '../../src/netfilter/ruleset.js'
import {root} from '../setup/run-bin.js'
import {type Addresses, addresses} from './netfilter/addresses.js'
import {makeNetwork, type Network, readNetwork} from './netfilter/network.js'
import {observed, predict} from './netfilter/predict.js'
import {randomNft} from './netfilter/random-nft.js'
import {type Dice, dice, randomPacket, randomRules} from './netfilter/random-rules.js'
import {openSender, type Sender, type SentPacket} from './netfilter/sender.js'
import {whyNoNamespace} from './sources/namespace.js'

const has = (...command: string[]): boolean => spawnSync('unshare', ['-n', ...command]).status === 0
const why =
  whyNoNamespace() ??
  (!has('python3', '-c', 'import ctypes; ctypes.CDLL("libnftables.so.1")') ? 'no python3 with libnftables' : null) ??
  (has('ipset', 'create', 'a', 'hash:net') ? null : 'no ipset here')
if (why !== null) console.log(`netfilter against the kernel: skipped, ${why}`)

const seed = Number(process.env['ORACLE_SEED'] ?? 20261123)
const packetsEach = 40

/** One way in which rules stand in the kernel, and how they are loaded, listed and counted. */
interface Form {
  name: string
  version: 4 | 6
  ruleSets: number
  load: (network: Network, d: Dice, family: Addresses) => void
  list: (network: Network, index: number) => Ruleset
  /** The command whose counters nft does not list. */
  save: string | null
}

const native = (version: 4 | 6): Form => ({
  name: `nft’s own, ${version === 4 ? 'IPv4' : 'IPv6'}`,
  version,
  ruleSets: 12,
  load: ({namespace}, d, family) => namespace.run('nft', ['-f', '-'], randomNft(d, family)),
  list: ({namespace}, index) => {
    const text = namespace.run('nft', [...(index % 2 === 0 ? ['-j'] : []), 'list', 'ruleset'])
    const ruleset = parseRules(text, {origin: 'nft'})
    return {...ruleset, tables: ruleset.tables.filter(({name}) => name !== 'probe')}
  },
  save: null,
})

function iptables(version: 4 | 6, kind: 'nft' | 'legacy', ruleSets: number): Form {
  const tool = `${version === 4 ? 'iptables' : 'ip6tables'}-${kind}`
  return {
    name: tool,
    version,
    ruleSets,
    load: ({namespace}, d, family) => namespace.run(`${tool}-restore`, [], randomRules(d, family)),
    list: ({namespace}) => {
      const ruleset = parseRules(namespace.run(`${tool}-save`, []), {origin: tool})
      namespace.run(`${tool}-restore`, ['--test'], printIptablesSave(ruleset))
      return ruleset
    },
    save: kind === 'legacy' ? `${tool}-save` : null,
  }
}

const forms: readonly Form[] = [
  iptables(4, 'nft', 11),
  iptables(6, 'nft', 11),
  iptables(4, 'legacy', 8),
  iptables(6, 'legacy', 8),
  native(4),
  native(6),
]

describe.runIf(why === null)(`what the kernel does with random packets and rules (ORACLE_SEED=${seed})`, () => {
  let network: Network
  let sender: Sender
  let sport = 10_000
  let compared = 0

  beforeAll(async () => {
    network = await makeNetwork()
    sender = await openSender(network.namespace.pid, join(root, 'test/live/netfilter/sender.py'), network.mac)
  })
  afterAll(() => {
    sender?.end()
    network?.namespace.remove()
  })

  for (const [index, form] of forms.entries()) {
    const missing = form.save !== null && !has(form.save) ? `${form.save} does not run here` : null
    if (missing !== null) console.log(`netfilter against the kernel: ${form.name} skipped, ${missing}`)
    test.skipIf(missing !== null)(`is what the evaluator says of rules of ${form.name}`, async () => {
      const d = dice(seed + index)
      const family = addresses[form.version]
      for (let n = 0; n < form.ruleSets; n++) {
        network.clear()
        form.load(network, d, family)
        const ruleset = form.list(network, n)
        const prepared = prepare([ruleset], network.environment)
        await sender.begin(form.save)
        for (let i = 0; i < packetsEach; i++) {
          const packet: SentPacket = {...randomPacket(d, family, sport++), version: form.version}
          const kernel = observed(await sender.send(packet))
          const where = `ORACLE_SEED=${seed}, ${form.name}, rule set ${n}, packet ${i}: ${JSON.stringify(packet)}`
          expect(predict(prepared, packet), `${where}\n${rulesOf(ruleset)}`).toEqual(kernel)
          compared++
        }
      }
    })
  }

  test('asks NAT no more for the second packet of a flow without ports, although nobody has answered', async () => {
    network.clear()
    const rules = '*nat\n-A OUTPUT -p gre\n-A POSTROUTING -p gre -j SNAT --to-source 172.31.7.5\nCOMMIT\n'
    network.namespace.run('iptables-nft-restore', [], rules)
    await sender.begin(null)
    const ids = {uid: 0, gid: 0, mark: 0, ttl: 64, flags: [], sport: 0, dport: 0}
    const flow = {hook: 'path-out', proto: 'gre', src: '10.244.1.5', dst: '10.96.0.10', version: 4, ...ids} as const
    const prepared = prepare([parseRules(rules, {origin: 'gre'})], network.environment)
    const [first, second] = [await sender.send(flow), await sender.send(flow)]
    expect(observed(first).rules).toEqual(predict(prepared, flow).rules)
    expect(first.counted).toHaveLength(2)
    expect(second).toEqual({counted: [], seen: first.seen})
    expect(second.seen[0]?.text).toMatch(/^172\.31\.7\.5 /)
  })

  test('lets in what rp_filter lets in, and none of its own addresses', async () => {
    const {run} = network.namespace
    network.clear()
    run('ip', ['link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'eth1-peer'])
    for (const link of ['eth1', 'eth1-peer']) run('ip', ['link', 'set', link, 'up', 'addrgenmode', 'none'])
    run('ip', ['route', 'add', '198.51.100.0/24', 'dev', 'eth1'])
    run('ip', ['route', 'add', 'unreachable', '192.0.2.0/24'])
    const rules = parseRules('', {origin: 'none'})
    await sender.begin(null)
    const ends: Record<string, string> = {}
    for (const filter of [0, 1, 2]) {
      run('sysctl', ['-qw', `net.ipv4.conf.eth0.rp_filter=${filter}`])
      const prepared = prepare([rules], readNetwork(network.namespace))
      for (const src of ['198.51.100.7', '203.0.113.9', '192.0.2.7', '10.244.1.55']) {
        const ids = {uid: 0, gid: 0, mark: 0, ttl: 64, flags: ['SYN'], sport: sport++, dport: 80}
        const packet = {hook: 'path-in', proto: 'tcp', src, dst: '10.244.1.5', version: 4, ...ids} as const
        const kernel = observed(await sender.send(packet))
        expect(predict(prepared, packet), `rp_filter ${filter}, from ${src}`).toEqual(kernel)
        ends[`${filter} ${src}`] = kernel.where
      }
    }
    run('sysctl', ['-qw', 'net.ipv4.conf.eth0.rp_filter=0'])
    expect(Object.values(ends).filter((end) => end === 'dropped').length).toBeGreaterThan(4)
  })

  test('in more than 2,000 of them', () => {
    console.log(`netfilter against the kernel: ${compared} packets compared, no difference (ORACLE_SEED=${seed})`)
    expect(compared).toBeGreaterThanOrEqual(2000)
  })
})

/** For people, where an answer differs. */
const rulesOf = ({tables}: Ruleset): string =>
  tables
    .flatMap(({chains}) =>
      chains.flatMap(({name, base, rules}) => [
        `${name} ${JSON.stringify(base)}`,
        ...rules.map((rule) => `${rule.name} ${rule.text}`),
      ]),
    )
    .join('\n')
