import type {Hook, HookPath, Packet} from '../packet.js'
import type {Writer} from '../purpose.js'

export type Severity = 'error' | 'warning' | 'info'

/** Where a finding is. `rule`: the kernel's name, with the rule as it was written; null where no single rule is at fault. */
export interface FindingPlace {
  rule: string | null
  text: string | null
  family: string | null
  table: string | null
  chain: string | null
  /** Who wrote the rule. */
  writer: Writer | null
}

/** A packet that shows a finding, and the way or hook it goes. */
export interface ExamplePacket {
  hook: HookPath
  packet: Packet
  /** The rule that takes it. */
  takenBy: string | null
}

/** What is wrong, with the facts that prove it. Ports and names are the rules' own. */
export type Finding =
  /** Earlier rules take every packet that the rule would match. */
  | {kind: 'shadowed'; by: string[]; example: ExamplePacket | null}
  /** The rule's conditions exclude each other. */
  | {kind: 'contradiction'}
  /** No such packet comes to the chain: by its hook, or by the rule that leads there. */
  | {kind: 'impossible-here'; hook: Hook; caller: string | null}
  /** No rule leads to the chain, or only rules that never match. */
  | {kind: 'unreached-chain'; rules: number; callers: string[]}
  /** A rule that no packet can match has counted packets. */
  | {kind: 'counter'; packets: number}
  /** The proxy's own traffic is sent back to the proxy. */
  | {kind: 'loop'; example: ExamplePacket; to: string; owner: {uid: number; gid: number}}
  | {
      kind: 'intercepted-twice'
      direction: 'inbound' | 'outbound'
      port: number
      by: Interceptor[]
      example: ExamplePacket
    }
  | {kind: 'not-intercepted'; direction: 'inbound' | 'outbound'; port: number; to: number; example: ExamplePacket}
  /** Traffic that is to be left alone goes to the proxy. */
  | {kind: 'not-excluded'; direction: 'inbound' | 'outbound'; what: string; example: ExamplePacket; to: string}
  /** Traffic that is asked for does not go to the proxy. */
  | {kind: 'not-included'; direction: 'inbound' | 'outbound'; what: string; example: ExamplePacket}
  | {kind: 'wrong-mode'; asked: string; found: string; example: ExamplePacket}
  /** What was redirected is dropped before the proxy, or nobody listens there. */
  | {
      kind: 'proxy-unreachable'
      port: number
      why: 'no-listener' | 'dropped'
      by: string | null
      example: ExamplePacket | null
    }
  | {kind: 'app-as-proxy'; id: 'uid' | 'gid'; value: number; example: ExamplePacket}
  | {kind: 'one-family'; has: 4 | 6; purposes: string[]; addresses: string[]}
  /** Another writer's rule takes what Istio's rules would have redirected. */
  | {kind: 'conflict'; example: ExamplePacket; istio: string; becomes: string}

/** Where a table redirects. */
export interface Interceptor {
  rule: string
  origin: string
  by: string
  to: string
}

/** A finding with its place and weight. */
export interface PlacedFinding {
  code: string
  severity: Severity
  place: FindingPlace
  finding: Finding
}

/** Stable codes; the page docs/iptables-check.md explains each. */
export const findingCodes: Readonly<Record<Finding['kind'], string>> = {
  shadowed: 'ST-IPT-001',
  contradiction: 'ST-IPT-002',
  'impossible-here': 'ST-IPT-003',
  'unreached-chain': 'ST-IPT-004',
  loop: 'ST-IPT-005',
  'intercepted-twice': 'ST-IPT-006',
  'not-intercepted': 'ST-IPT-007',
  'proxy-unreachable': 'ST-IPT-008',
  'app-as-proxy': 'ST-IPT-009',
  'not-excluded': 'ST-IPT-010',
  'not-included': 'ST-IPT-011',
  'wrong-mode': 'ST-IPT-012',
  'one-family': 'ST-IPT-013',
  conflict: 'ST-IPT-014',
  counter: 'ST-IPT-015',
}

export const nowhere: FindingPlace = {rule: null, text: null, family: null, table: null, chain: null, writer: null}

/** Something that was looked at and could not be decided. */
export interface Undecided {
  place: string
  why: string
}

export interface CheckResult {
  findings: PlacedFinding[]
  undecided: Undecided[]
}
