import {formatIpAddress} from '../../address/ip-address.js'
import {readSurroundings, type Surroundings} from '../environment/surroundings.js'
import type {Environment} from '../environment.js'
import type {Mapping} from '../mapping.js'
import type {Hook, HookPath, Packet} from '../packet.js'
import type {PacketBranch, Verdict} from '../packet-trace.js'
import type {Ruleset, Table} from '../ruleset.js'
import {everyWay} from './chance.js'
import {withMarkOfFirstPass} from './first-pass.js'
import {type Stage, stagesOf} from './hook-order.js'
import {findInterfaces} from './interfaces.js'
import {leavingPacket, type PacketState, startPacket, trackPacket} from './packet-state.js'
import {runPath} from './path.js'
import {type PreparedTable, prepareTable} from './prepared-table.js'
import type {Run, Suppositions} from './run.js'

/** Rules and surroundings, ready for many packets. */
export interface Prepared {
  surroundings: Surroundings
  stages: (hook: Hook, version: 4 | 6) => readonly Stage[]
  /** What the rules' texts have lost or leave open. */
  warnings: readonly string[]
}

export interface EvaluateOptions {
  suppositions?: Suppositions
  /** Record every step (the default). Batches are faster without. */
  explain?: boolean
  /** Also give the ways that a default rules out (a limit that is used up), as branches of probability 0. */
  alternatives?: boolean
  /** For a packet of state ESTABLISHED in the original direction: what the connection's entry does to it. */
  mapping?: Mapping
}

/** Several rule sets apply together: iptables-legacy beside nf_tables, IPv4 beside IPv6. */
export function prepare(rulesets: readonly Ruleset[], environment: Environment): Prepared {
  const stages = {4: new Map<Hook, Stage[]>(), 6: new Map<Hook, Stage[]>()}
  const tables = new Map<Table, PreparedTable>()
  const tableOf = (table: Table): PreparedTable => {
    const known = tables.get(table) ?? prepareTable(table)
    tables.set(table, known)
    return known
  }
  return {
    surroundings: readSurroundings(environment),
    stages(hook, version) {
      const known = stages[version].get(hook) ?? stagesOf(rulesets, hook, version, tableOf)
      stages[version].set(hook, known)
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
      mapping: options.mapping ?? null,
      suppositions: options.suppositions ?? {},
      draw,
      alternatives: options.alternatives ?? false,
      rules: [],
      assumptions: [],
      steps: options.explain === false ? null : [],
      passedOver: [],
    }
    findInterfaces(run, path)
    // Marks do not cross the wire: what comes in from outside has none.
    packet.markKnown ||= packet.in !== null && packet.in !== 'lo'
    const verdict = runPath(run, path, (hook) => prepared.stages(hook, packet.version))
    return {run, verdict}
  })
  return ways.map(({probability, result: {run, verdict}}) => branchOf(probability, run, verdict))
}

/** Before conntrack ran there is no entry; on the second pass over lo, and in hooks after conntrack's, there is. */
function firstTracking(packet: PacketState, path: HookPath): PacketState['tracking'] {
  const begins =
    path === 'path-out' || path === 'path-in' || path === 'path-forward' || path === 'output' || path === 'prerouting'
  return begins && !packet.loopback ? {kind: 'none'} : trackPacket(packet)
}

function branchOf(probability: number, run: Run, verdict: Verdict): PacketBranch {
  const {packet} = run
  const left = leavingPacket(packet)
  // What leaves by lo comes in by lo: the second pass begins with the same connection.
  if (verdict === 'accept' && packet.out === 'lo' && packet.in === null) left.loopbackOf = true
  return {
    probability,
    verdict,
    redirectedTo: redirectedTo(packet),
    redirectedBy: packet.redirected?.by ?? null,
    rules: run.rules,
    packet: left,
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
