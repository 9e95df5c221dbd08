import type {ProgramRole} from '../program.js'

export type EbpfSeverity = 'error' | 'warning' | 'info'

/** What is wrong or worth knowing, with the facts that prove it. */
export type EbpfFinding =
  /** A container was looked at before its sidecar listened, and counts as outside the mesh for good. */
  | {kind: 'kept-out'; cgroup: number; path: string | null; pod: string | null}
  /** In the mesh, and its pod's address is not known: annotations are not asked, and connections go to 127.128.x.y. */
  | {kind: 'unknown-address'; cgroup: number; path: string | null}
  /** The bind hook looks marks up in a map of its own, which is empty. */
  | {kind: 'private-marks'; bind: number[]; connect: number[]}
  /** USE_RECONNECT: a sidecar whose pod is not learnt loses its first connection to its own app. */
  | {kind: 'first-fails'; unknown: number}
  /** The sidecar's listener has an IPv6 socket, which SO_ORIGINAL_DST is answered on for 28 bytes and more alone. */
  | {kind: 'ipv6-listener'; pod: string | null; port: number; process: string | null}
  /** Handing bytes over is loaded; whether it is attached the kernel does not show. */
  | {kind: 'unseen-attachment'; program: string; map: number}
  /** A program of the set is loaded and attached nowhere. */
  | {kind: 'not-attached'; role: ProgramRole; program: string}
  /** A part without which the others do not work is not loaded. */
  | {kind: 'missing-part'; role: ProgramRole}
  /** A list of a pod is full: what did not fit is lost without a word. */
  | {kind: 'full-list'; pod: string; list: string; room: number}
  /** Ports and ranges are both listed: a connection must fit both, where Istio takes either. */
  | {kind: 'both-lists'; pod: string; ports: number[]; ranges: string[]}
  /** The map has something else than the pod's annotations ask for: they were changed after the pod got its address. */
  | {kind: 'stale-configuration'; pod: string; list: string; has: string; asked: string}
  /** NAT rules are still in the pod: each connection still costs a conntrack entry. */
  | {kind: 'rules-remain'; pod: string}
  /** Nothing takes what comes from other nodes to this pod. */
  | {kind: 'open-from-outside'; pod: string}
  /** IPv6 connections are not seen by any connect hook. */
  | {kind: 'no-ipv6'; pods: string[]}
  /** A program of another maker at the same point. */
  | {kind: 'stranger'; program: string; point: string}
  /** A map that forgets its oldest entries is full. */
  | {kind: 'full-map'; map: string; entries: number; room: number}

export interface PlacedEbpfFinding {
  code: string
  severity: EbpfSeverity
  finding: EbpfFinding
}

/** Stable codes; docs/interception.md explains each. */
const codes: Readonly<Record<EbpfFinding['kind'], [string, EbpfSeverity]>> = {
  'kept-out': ['ST-EBPF-001', 'error'],
  'unknown-address': ['ST-EBPF-002', 'warning'],
  'private-marks': ['ST-EBPF-003', 'error'],
  'first-fails': ['ST-EBPF-004', 'warning'],
  'ipv6-listener': ['ST-EBPF-005', 'warning'],
  'unseen-attachment': ['ST-EBPF-006', 'info'],
  'not-attached': ['ST-EBPF-007', 'error'],
  'missing-part': ['ST-EBPF-008', 'error'],
  'full-list': ['ST-EBPF-009', 'warning'],
  'both-lists': ['ST-EBPF-010', 'warning'],
  'stale-configuration': ['ST-EBPF-011', 'warning'],
  'rules-remain': ['ST-EBPF-012', 'info'],
  'open-from-outside': ['ST-EBPF-013', 'error'],
  'no-ipv6': ['ST-EBPF-014', 'warning'],
  stranger: ['ST-EBPF-015', 'info'],
  'full-map': ['ST-EBPF-016', 'warning'],
}

/** A finding with its code and its weight; what cannot be told apart from a harmless case weighs less. */
export function placed(finding: EbpfFinding): PlacedEbpfFinding {
  const [code, severity] = codes[finding.kind]
  const harmless = finding.kind === 'kept-out' && finding.pod === null
  return {code, severity: harmless ? 'info' : severity, finding}
}

const weights: readonly EbpfSeverity[] = ['error', 'warning', 'info']

export const byWeight = (findings: readonly PlacedEbpfFinding[]): PlacedEbpfFinding[] =>
  findings.toSorted(
    (a, b) =>
      weights.indexOf(a.severity) - weights.indexOf(b.severity) || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  )
