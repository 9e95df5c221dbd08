import {DataError} from '../errors.js'
import {readTestFile} from '../sources/test-file.js'
import {parseTestFile, type TestSetting} from '../xds/check/parse-file.js'
import type {Suite} from '../xds/check/report.js'
import type {RouteTest} from '../xds/check/route-test.js'
import {isRouterCheckFile, parseRouterCheckFile} from '../xds/check/router-check/parse-file.js'
import {fromYaml} from './yaml.js'

/** Reads the cases of each file, of our own format or router_check_tool's, in order. @throws DataError, SourceError */
export async function openTests(paths: readonly string[], setting: TestSetting): Promise<Suite<RouteTest>[]> {
  const suites: Suite<RouteTest>[] = []
  for (const path of paths) {
    const {name, text} = await readTestFile(path)
    if (text.trim() === '') throw new DataError('is empty', name, 'Write cases: a request, and what is expected of it')
    const document = fromYaml(text, name)
    const tests = isRouterCheckFile(document)
      ? routerCheckTests(document, name, setting)
      : parseTestFile(document, name, setting)
    suites.push({file: name, tests})
  }
  return suites
}

/** The tool's cases say nothing of connections: where they enter has to be given. */
function routerCheckTests(document: unknown, file: string, {defaults, suppositions}: TestSetting): RouteTest[] {
  const {dst, direction} = defaults
  if (typeof dst !== 'string')
    throw new DataError(
      'is of router_check_tool, which names no destination',
      file,
      'Give --dst IP:PORT, or --route-config FILE',
    )
  const entry = {dst, direction: direction ?? 'direct'}
  const tests = parseRouterCheckFile(document, file, entry)
  return tests.map((test) => ({...test, suppositions: {...suppositions, ...test.suppositions}}))
}
