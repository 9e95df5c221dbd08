import type {Environment} from '../environment.js'
import type {Ruleset} from '../ruleset.js'
import {deadRules} from './dead-rules.js'
import type {CheckResult, Severity} from './finding.js'
import {checkInterception} from './interception.js'
import type {PodIntent} from './pod-intent.js'

/** What is known of the pod whose rules are checked. Members that are absent are not known. */
export interface PodToCheck {
  /** Ports of its containers. */
  ports: readonly number[]
  appUid: number | null
  proxyUid: number | null
  proxyGid: number | null
  /** What the rules were to do; null where nothing tells. */
  intent: PodIntent | null
}

const weights: Readonly<Record<Severity, number>> = {error: 0, warning: 1, info: 2}

/** Everything that is wrong with the rules of one place, gravest first. */
export function checkRules(
  rulesets: readonly Ruleset[],
  environment: Environment,
  pod: PodToCheck | null,
): CheckResult {
  const dead = deadRules(rulesets)
  const interception = checkInterception(rulesets, environment, pod)
  return {
    findings: [...interception.findings, ...dead.findings].sort((a, b) => weights[a.severity] - weights[b.severity]),
    undecided: [...interception.undecided, ...dead.undecided],
  }
}

/** Whether a finding weighs `least` or more. */
export const isAtLeast = (severity: Severity, least: Severity): boolean => weights[severity] <= weights[least]
