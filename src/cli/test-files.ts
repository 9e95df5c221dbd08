import {DataError} from '../errors.js'
import {readTestFile} from '../sources/test-file.js'
import {parseTestFile, type TestSetting} from '../xds/check/parse-file.js'
import type {Suite} from '../xds/check/report.js'
import type {RouteTest} from '../xds/check/route-test.js'
import {fromYaml} from './yaml.js'

/** Reads the cases of each file, in order. @throws DataError, SourceError */
export async function openTests(paths: readonly string[], setting: TestSetting): Promise<Suite<RouteTest>[]> {
  const suites: Suite<RouteTest>[] = []
  for (const path of paths) {
    const {name, text} = await readTestFile(path)
    if (text.trim() === '') throw new DataError('is empty', name, 'Write cases: a request, and what is expected of it')
    suites.push({file: name, tests: parseTestFile(fromYaml(text, name), name, setting)})
  }
  return suites
}
