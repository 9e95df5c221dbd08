import type {Assumption} from '../../decision/assumption.js'
import {matchRequest} from '../match/match.js'
import type {MatchBranch} from '../match/result.js'
import type {Proxy as Envoy} from '../proxy.js'
import {type Coverage, coverageOf, placesOf} from './coverage.js'
import {type Difference, findDifference} from './expectation.js'
import type {RouteTest} from './route-test.js'

/** What came of one case. `skipped`: nothing of what it expects can be checked. */
export interface TestResult {
  name: string
  result: 'passed' | 'failed' | 'skipped'
  /** Every expectation that is not met, in the order in which things are decided. */
  differences: Difference[]
  unchecked: string[]
  /** What the answer hangs on that only a running system knows. */
  assumptions: Assumption[]
}

/** The cases of one file. */
export interface Suite<T> {
  file: string
  tests: T[]
}

/** What came of all cases, and what of the configuration they reached. */
export interface TestReport {
  suites: Suite<TestResult>[]
  summary: Record<TestResult['result'], number>
  coverage: Coverage
}

/**
 * Asks every case.
 * @param envoyOf the Envoy that a case is put to; null gives the one whose coverage is counted
 * @param only names of the route configurations whose coverage counts; null for all
 */
export function runTests(
  envoyOf: (test: RouteTest | null) => Envoy,
  suites: readonly Suite<RouteTest>[],
  only: readonly string[] | null = null,
): TestReport {
  const places = new Set<string>()
  const results = suites.map(({file, tests}) => ({
    file,
    tests: tests.map((test) => {
      const branches = matchRequest(envoyOf(test), test.request, test.suppositions)
      for (const place of placesOf(branches)) places.add(place)
      return resultOf(test, branches)
    }),
  }))
  return {suites: results, summary: summaryOf(results), coverage: coverageOf(envoyOf(null), places, only)}
}

/** What these branches, the answer to the case's request, are against what it expects. */
export function resultOf(
  {name, request, expectations, unchecked}: RouteTest,
  branches: readonly MatchBranch[],
): TestResult {
  const differences = expectations.flatMap((each) => findDifference(each, branches, request.http) ?? [])
  const result = differences.length > 0 ? 'failed' : expectations.length === 0 ? 'skipped' : 'passed'
  return {name, result, differences, unchecked, assumptions: assumptionsOf(branches)}
}

function assumptionsOf(branches: readonly MatchBranch[]): Assumption[] {
  const all = branches.flatMap(({assumptions}) => assumptions)
  return [...new Map(all.map((each) => [`${each.about} ${each.assumed}`, each])).values()]
}

function summaryOf(suites: readonly Suite<TestResult>[]): TestReport['summary'] {
  const summary = {passed: 0, failed: 0, skipped: 0}
  for (const {tests} of suites) for (const {result} of tests) summary[result]++
  return summary
}
