import {UsageError} from '../errors.js'
import {isNamed} from './named-pod.js'
import type {OutcomeKind, Trace, TraceBranch} from './trace.js'

/** What a caller expects of a trace: `delivered to reviews-v2`, `responded 403 by ratings`, `delivered to reviews-v1 80%`. */
export interface Expectation {
  /** As the caller wrote it. */
  text: string
  kind: OutcomeKind
  status: number | null
  /** A pod's name, `namespace/name`, or the beginning of one. */
  pod: string | null
  /** 0 to 1: the share of requests that has to end so; 1 unless the caller says otherwise. */
  share: number
}

const kinds: readonly OutcomeKind[] = [
  'delivered',
  'responded',
  'reset',
  'refused',
  'unreachable',
  'dropped',
  'rejected',
  'timeout',
  'loop',
  'unknown',
]

const grammar = /^(\w+)(?:\s+(\d{3}))?(?:\s+(?:to|by|at)\s+(\S+?))?(?:\s+(\d+(?:\.\d+)?)\s?%)?$/

/** @throws UsageError for what is no expectation */
export function parseExpectation(text: string): Expectation {
  const parts = grammar.exec(text.trim())
  const kind = kinds.find((candidate) => candidate === parts?.[1]?.toLowerCase())
  if (!parts || kind === undefined)
    throw new UsageError(
      'is no expectation',
      `--expect ${text}`,
      `Write OUTCOME [STATUS] [to|by POD] [PERCENT%], OUTCOME one of ${kinds.join(', ')}`,
    )
  const [, , status, pod, percent] = parts
  return {
    text,
    kind,
    status: status === undefined ? null : Number(status),
    pod: pod ?? null,
    share: percent === undefined ? 1 : Number(percent) / 100,
  }
}

/** How far an expectation is met. */
export interface ExpectationResult {
  expectation: Expectation
  met: boolean
  /** The share of requests that end as expected, 0 to 1. */
  share: number
}

/** Shares are products of configured weights; a difference below this is rounding. */
const rounding = 0.005

export function checkExpectation(trace: Trace, expectation: Expectation): ExpectationResult {
  const share = trace.branches
    .filter((branch) => fits(branch, expectation))
    .reduce((sum, {probability}) => sum + probability, 0)
  return {expectation, share, met: Math.abs(share - expectation.share) < rounding}
}

function fits({outcome}: TraceBranch, {kind, status, pod}: Expectation): boolean {
  if (outcome.kind !== kind || (status !== null && outcome.status !== status)) return false
  return pod === null || isNamed(outcome.by?.pod ?? '', pod)
}
