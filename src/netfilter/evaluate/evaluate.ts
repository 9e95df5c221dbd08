import {formatIpAddress} from '../../address/ip-address.js'
import {readSurroundings, type Surroundings} from '../environment/surroundings.js'
import type {Environment} from '../environment.js'
import type {Hook, HookPath, Packet} from '../packet.js'
import type {PacketBranch, Verdict} from '../packet-trace.js'
import type {Chain, Rule, Ruleset, Table} from '../ruleset.js'
import type {FindChain} from './chain.js'
import {everyWay} from './chance.js'
import {withMarkOfFirstPass} from './first-pass.js'
import {type Stage, stagesOf} from './hook-order.js'
import {findInterfaces} from './interfaces.js'
import {leavingPacket, type PacketState, startPacket, trackPacket} from './packet-state.js'
import {runPath} from './path.js'
import {planRule, type RulePart} from './rule.js'
import type {Run, Suppositions} from './run.js'

/** Rules and surroundings, ready for many packets. */
export interface Prepared {
  surroundings: Surroundings
  stages: (hook: Hook, version: 4 | 6) => readonly Stage[]
  find: FindChain
  plan: Run['plan']
  /** What the rules' texts have lost or leave open. */
  warnings: readonly string[]
}

export interface EvaluateOptions {
  suppositions?: Suppositions
  /** Record every step (the default). Batches are faster without. */
  explain?: boolean
  /** Also give the ways that a default rules out (a limit that is used up), as branches of probability 0. */
  alternatives?: boolean
}

/** Several rule sets apply together: iptables-legacy beside nf_tables, IPv4 beside IPv6. */
export function prepare(rulesets: readonly Ruleset[], environment: Environment): Prepared {
  const stages = new Map<string, Stage[]>()
  const chains = new Map<Table, Map<string, Chain>>()
  const plans = new Map<Rule, RulePart[]>()
  return {
    surroundings: readSurroundings(environment),
    stages(hook, version) {
      const key = `${hook}${version}`
      const known = stages.get(key) ?? stagesOf(rulesets, hook, version)
      stages.set(key, known)
      return known
    },
    find(table, name) {
      const known = chains.get(table) ?? new Map(table.chains.map((chain) => [chain.name, chain]))
      chains.set(table, known)
      return known.get(name)
    },
    plan(rule) {
      const known = plans.get(rule) ?? planRule(rule)
      plans.set(rule, known)
      return known
    },
    warnings: rulesets.flatMap((ruleset) => ruleset.warnings),
  }
}

/** What the kernel would do with a packet: one branch for every way that chance leaves. */
export function evaluate(
  rulesets: readonly Ruleset[],
  environment: Environment,
  path: HookPath,
  packet: Packet,
  options: EvaluateOptions = {},
): PacketBranch[] {
  return evaluatePacket(prepare(rulesets, environment), path, packet, options)
}

/** As `evaluate`, on rules that were prepared once. */
export function evaluatePacket(
  prepared: Prepared,
  path: HookPath,
  asked: Packet,
  options: EvaluateOptions = {},
): PacketBranch[] {
  const sent = (packet: Packet): PacketBranch[] => follow(prepared, 'path-out', packet, {...options, explain: false})
  return follow(prepared, path, withMarkOfFirstPass(asked, sent), options)
}

function follow(prepared: Prepared, path: HookPath, asked: Packet, options: EvaluateOptions): PacketBranch[] {
  const ways = everyWay((draw) => {
    const packet = startPacket(asked)
    packet.tracking = firstTracking(packet, path)
    const run: Run = {
      packet,
      hook: 'output',
      surroundings: prepared.surroundings,
      suppositions: options.suppositions ?? {},
      draw,
      plan: prepared.plan,
      alternatives: options.alternatives ?? false,
      rules: [],
      assumptions: [],
      steps: options.explain === false ? null : [],
      passedOver: [],
    }
    findInterfaces(run, path)
    // Marks do not cross the wire: what comes in from outside has none.
    packet.markKnown ||= packet.in !== null && packet.in !== 'lo'
    const verdict = runPath(run, path, {stages: (hook) => prepared.stages(hook, packet.version), find: prepared.find})
    return {run, verdict}
  })
  return ways.map(({probability, result: {run, verdict}}) => ({probability, ...branchOf(run, verdict)}))
}

/** Before conntrack ran there is no entry; on the second pass over lo, and in hooks after conntrack's, there is. */
function firstTracking(packet: PacketState, path: HookPath): PacketState['tracking'] {
  const begins =
    path === 'path-out' || path === 'path-in' || path === 'path-forward' || path === 'output' || path === 'prerouting'
  return begins && !packet.loopback ? {kind: 'none'} : trackPacket(packet)
}

function branchOf(run: Run, verdict: Verdict): Omit<PacketBranch, 'probability'> {
  const {packet} = run
  const left = leavingPacket(packet)
  // What leaves by lo comes in by lo: the second pass begins with the same connection.
  const second = verdict === 'accept' && packet.out === 'lo' && packet.in === null
  return {
    verdict,
    redirectedTo: redirectedTo(packet),
    redirectedBy: packet.redirected?.by ?? null,
    rules: run.rules,
    packet: second ? {...left, loopbackOf: true} : left,
    assumptions: run.assumptions,
    steps: run.steps ?? [],
  }
}

function redirectedTo({redirected}: PacketState): string | null {
  if (redirected === null) return null
  const address = formatIpAddress(redirected.address)
  if (redirected.port === null) return address
  return redirected.address.version === 6 ? `[${address}]:${redirected.port}` : `${address}:${redirected.port}`
}
