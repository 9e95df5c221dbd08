import type {CheckResult, PlacedFinding, Undecided} from '../../netfilter/check/finding.js'
import {sayFinding} from './check-sentences.js'

/** What was checked: a pod, a node, a process or files. */
export interface CheckedPlace {
  place: string
  result: CheckResult
}

/** A finding as it is exported. */
export interface ShownFinding {
  code: string
  severity: PlacedFinding['severity']
  place: PlacedFinding['place'] & {of: string}
  message: string
  evidence: string
  remedy: string
  /** The facts themselves, by kind. */
  finding: PlacedFinding['finding']
}

export interface CheckDocument {
  apiVersion: 'sidetrace/v1'
  kind: 'RulesCheck'
  places: string[]
  findings: ShownFinding[]
  /** What could not be decided, and why. */
  undecided: (Undecided & {of: string})[]
}

/** The document of `iptables check`. */
export const checkDocument = (checked: readonly CheckedPlace[]): CheckDocument => ({
  apiVersion: 'sidetrace/v1',
  kind: 'RulesCheck',
  places: checked.map(({place}) => place),
  findings: checked.flatMap(({place, result}) =>
    result.findings.map((placed) => ({
      code: placed.code,
      severity: placed.severity,
      place: {of: place, ...placed.place},
      ...sayFinding(placed),
      finding: placed.finding,
    })),
  ),
  undecided: checked.flatMap(({place, result}) => result.undecided.map((one) => ({of: place, ...one}))),
})
