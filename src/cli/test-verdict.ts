import {ExpectationError, UsageError} from '../errors.js'
import {coverable} from '../xds/check/coverage.js'
import type {Suite, TestReport} from '../xds/check/report.js'
import type {RouteTest} from '../xds/check/route-test.js'
import type {Proxy as Envoy} from '../xds/proxy.js'

/** What the command line asks of `test`. */
export interface TestFiles {
  paths: string[]
  /** Per cent of the routes, or null. */
  failUnder: number | null
}

/** @throws UsageError */
export function testFiles(
  argv: readonly unknown[],
  {file, 'fail-under': failUnder}: {file?: string | undefined; 'fail-under'?: string | undefined},
): TestFiles {
  const paths = argv.map(String)
  if (paths.filter((path) => path === '-').length + (file === '-' ? 1 : 0) > 1)
    throw new UsageError('is read more than once', 'standard input', 'Give the dump or one test file as -')
  return {paths, failUnder: failUnder === undefined ? null : percentOf(failUnder)}
}

function percentOf(text: string): number {
  const percent = /^\d+(\.\d+)?%?$/.test(text) ? Number(text.replace('%', '')) : Number.NaN
  if (!(percent <= 100)) throw new UsageError('is no per cent, 0 to 100', `--fail-under ${text}`)
  return percent
}

/** The route configurations that are to be covered; null for all. @throws UsageError for one that no listener uses */
export function coveredConfigs(proxy: Envoy, names: readonly string[] | undefined): readonly string[] | null {
  if (names === undefined) return null
  const known = coverable(proxy).map(({table}) => table.name)
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw new UsageError(
      'is no route configuration that a listener uses',
      `--cover ${stranger}`,
      `There are ${known.join(', ')}`,
    )
  return names
}

/** What cases expect that nothing checks, in a sentence; null where there is nothing. */
export function uncheckedOf(suites: readonly Suite<RouteTest>[]): string | null {
  const tests = suites.flatMap((suite) => suite.tests).filter(({unchecked}) => unchecked.length > 0)
  if (tests.length === 0) return null
  const names = new Set(tests.flatMap(({unchecked}) => unchecked))
  return `${tests.length} case${tests.length === 1 ? ' expects' : 's expect'} what is not checked: ${[...names].join(', ')}`
}

/** @throws ExpectationError where a case failed, or too few of the routes are reached */
export function meetTests({summary, coverage}: TestReport, failUnder: number | null): void {
  const {passed, failed, skipped} = summary
  const wrong = [
    ...(failed > 0 ? [`${failed} of ${passed + failed + skipped} cases failed`] : []),
    ...(failUnder !== null && coverage.percent < failUnder
      ? [`the cases reach ${Math.floor(coverage.percent * 10) / 10} % of the routes, not ${failUnder} %`]
      : []),
  ]
  if (wrong.length > 0) throw new ExpectationError(wrong.join('; '), 'test')
}
