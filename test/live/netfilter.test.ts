import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {readEnvironment} from '../../src/netfilter/environment/read-environment.js'
import type {Environment} from '../../src/netfilter/environment.js'
import {evaluatePacket, type Prepared, prepare} from '../../src/netfilter/evaluate/evaluate.js'
import type {Packet} from '../../src/netfilter/packet.js'
import {parseRules} from '../../src/netfilter/parse/parse-rules.js'
import {printIptablesSave} from '../../src/netfilter/parse/print-save.js'
import {root} from '../setup/run-bin.js'
import {dice, type RandomPacket, randomPacket, randomRules} from './netfilter/random-rules.js'
import {type Answer, openSender, type Sender} from './netfilter/sender.js'
import {makeNamespace, type Namespace, whyNoNamespace} from './sources/namespace.js'

const why = whyNoNamespace() ?? (spawnSync('python3', ['--version']).status === 0 ? null : 'python3 is not installed')
if (why !== null) console.log(`netfilter against the kernel: skipped, ${why}`)

const seed = Number(process.env['ORACLE_SEED'] ?? 20261123)
const ruleSets = 44
const packetsEach = 50

/** Where a packet ended, as both the kernel and the evaluator tell it. */
interface End {
  where: 'delivered' | 'left' | 'dropped'
  to: string | null
  rules: Record<string, number>
}

const sum = (names: readonly string[]): Record<string, number> => {
  const counted: Record<string, number> = {}
  for (const name of names.toSorted()) counted[name] = (counted[name] ?? 0) + 1
  return counted
}

/** Both passes over lo belong to one packet. */
function predict(prepared: Prepared, asked: RandomPacket): End {
  const {hook, flags, ...rest} = asked
  const ctstate = asked.proto === 'udp' || (flags.length === 1 && flags[0] === 'SYN') ? 'NEW' : 'INVALID'
  const length = asked.proto === 'udp' ? 28 : 40
  const common: Packet = {...rest, flags, ctstate, length}
  const packet: Packet =
    hook === 'path-out' ? {...common, in: null} : {...common, in: 'eth0', out: null, uid: null, gid: null}
  const [first, ...more] = evaluatePacket(prepared, hook, packet)
  if (first === undefined || more.length > 0) throw new Error('chance where there is none')
  const over = first.verdict === 'accept' && hook === 'path-out' && first.packet.out === 'lo'
  const [second] = over ? evaluatePacket(prepared, 'path-in', {...first.packet, in: 'lo', out: null}) : []
  const last = second ?? first
  const where = last.verdict !== 'accept' ? 'dropped' : hook === 'path-out' && !over ? 'left' : 'delivered'
  const {src, sport, dst, dport, mark} = last.packet
  return {
    where,
    to: where === 'dropped' ? null : `${src}:${sport} > ${dst}:${dport} mark ${mark}`,
    rules: sum([...first.rules, ...(second?.rules ?? [])]),
  }
}

function observed({counted, seen}: Answer): End {
  const last = seen.find(({at}) => at === 'delivered') ?? seen[0]
  const where = last?.at ?? 'dropped'
  return {where, to: last?.text ?? null, rules: sum(counted)}
}

describe.runIf(why === null)('what the kernel does with random packets and rules', () => {
  let namespace: Namespace
  let sender: Sender
  let environment: Environment

  beforeAll(async () => {
    namespace = await makeNamespace()
    const ip = (...args: string[]): string => namespace.run('ip', args)
    ip('link', 'set', 'lo', 'up')
    ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0-peer')
    for (const address of ['10.244.1.5/24', '172.31.7.5/16', '10.244.1.55/24'])
      ip('addr', 'add', address, 'dev', 'eth0')
    for (const link of ['eth0', 'eth0-peer']) ip('link', 'set', link, 'up')
    ip('route', 'add', 'default', 'via', '10.244.1.254')
    // Nobody answers: what leaves is for an address of no machine, and nobody is asked who has it.
    for (const far of ['10.244.1.254', '10.244.1.9', '172.31.9.9'])
      ip('neigh', 'add', far, 'lladdr', '02:00:00:00:00:99', 'dev', 'eth0', 'nud', 'permanent')
    ip('route', 'add', 'local', 'default', 'dev', 'lo', 'table', '133')
    ip('rule', 'add', 'fwmark', '0x539', 'lookup', '133')
    for (const name of ['all', 'default', 'eth0', 'lo'])
      namespace.run('sysctl', ['-qw', `net.ipv4.conf.${name}.rp_filter=0`])
    namespace.run('sysctl', ['-qw', 'net.ipv4.ip_forward=0', 'net.ipv6.conf.all.disable_ipv6=1'])
    const mac = (JSON.parse(ip('-j', 'link', 'show', 'eth0')) as {address: string}[])[0]?.address ?? ''
    environment = {
      ...readEnvironment({
        ipAddr: ip('-j', 'addr'),
        ipRule: ip('-j', 'rule'),
        ipRoute: ip('-j', 'route', 'show', 'table', 'all'),
        sysctl: namespace.run('sysctl', ['net.ipv4.ip_forward', 'net.ipv4.conf.all.route_localnet']),
      }),
      listeners: [{proto: 'tcp', address: '0.0.0.0', port: 15006, transparent: true}],
    }
    sender = await openSender(namespace.pid, join(root, 'test/live/netfilter/sender.py'), mac)
  })
  afterAll(() => {
    sender?.end()
    namespace?.remove()
  })

  test(`is what the evaluator says: end, addresses, mark and the counters of every rule (ORACLE_SEED=${seed})`, async () => {
    const d = dice(seed)
    let compared = 0
    for (let n = 0; n < ruleSets; n++) {
      namespace.run('nft', ['flush', 'ruleset'])
      namespace.run('nft', ['-f', '-'], readFileSync(join(root, 'test/live/netfilter/probe.nft'), 'utf8'))
      namespace.run('iptables-nft-restore', [], randomRules(d))
      const saved = namespace.run('iptables-nft-save', [])
      const ruleset = parseRules(saved, {origin: `rule set ${n}`})
      namespace.run('iptables-nft-restore', ['--test'], printIptablesSave(ruleset))
      const prepared = prepare([ruleset], environment)
      await sender.begin()
      for (let i = 0; i < packetsEach; i++) {
        const packet = randomPacket(d, 10_000 + n * packetsEach + i)
        const kernel = observed(await sender.send(packet))
        expect(
          predict(prepared, packet),
          `seed ${seed}, rule set ${n}, packet ${i}: ${JSON.stringify(packet)}\n${saved}`,
        ).toEqual(kernel)
        compared++
      }
    }
    console.log(`netfilter against the kernel: ${compared} packets compared, no difference (ORACLE_SEED=${seed})`)
    expect(compared).toBeGreaterThanOrEqual(2000)
  })
})
