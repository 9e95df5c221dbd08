import type {Suppositions} from '../match/request.js'
import {isObject, type JsonObject} from '../parse/field.js'
import {Gate} from './gate.js'
import {parseExpectations} from './parse-expectation.js'
import {type Lookup, parseTestRequest} from './parse-request.js'
import type {RouteTest} from './route-test.js'

/** What the cases of a file hang on beside it. */
export interface TestSetting {
  /** Members of requests that neither the case nor the file's `defaults` say. */
  defaults: JsonObject
  lookup: Lookup
  /** Over the file's `assume`, below a case's own. */
  suppositions: Suppositions
}

/**
 * The gate for a test file: `{defaults, assume, tests: [{name, request, assume, expect}]}`.
 * @param file how errors name it
 * @throws DataError that names the case and the member that is not what it should be
 */
export function parseTestFile(document: unknown, file: string, setting: TestSetting): RouteTest[] {
  const gate = new Gate(file)
  const raw = gate.object(document, 'the file')
  gate.onlyMembers(raw, ['$schema', 'defaults', 'assume', 'tests'], 'the file')
  const defaults = {...setting.defaults, ...gate.optionalObject(raw['defaults'], 'defaults')}
  const suppositions = {...suppositionsOf(raw['assume'], gate), ...setting.suppositions}
  const tests = gate.list(raw['tests'], 'tests')
  if (tests.length === 0) gate.fail('tests', 'is empty')
  return tests.map((test, index) =>
    parseTest(test, defaults, `${file}, ${caseName(test, index)}`, {...setting, suppositions}),
  )
}

/** How an error names a case: by position, and by its name where it has one. */
export function caseName(test: unknown, index: number, member = 'name'): string {
  const name = isObject(test) ? test[member] : undefined
  return `test ${index + 1}${typeof name === 'string' ? ` (${name})` : ''}`
}

function parseTest(test: unknown, defaults: JsonObject, where: string, {lookup, suppositions}: TestSetting): RouteTest {
  const gate = new Gate(where)
  const raw = gate.object(test, 'the test')
  gate.onlyMembers(raw, ['name', 'request', 'assume', 'expect'], 'the test')
  const expectations = parseExpectations(gate.object(raw['expect'], 'expect'), gate)
  if (expectations.length === 0) gate.fail('expect', 'is empty')
  return {
    name: gate.text(raw['name'], 'name'),
    request: parseTestRequest({...defaults, ...gate.object(raw['request'], 'request')}, lookup, where),
    suppositions: {...suppositions, ...suppositionsOf(raw['assume'], gate)},
    expectations,
    unchecked: [],
    preset: null,
  }
}

const suppositionsOf = (raw: unknown, gate: Gate): Suppositions =>
  Object.fromEntries(
    Object.entries(gate.optionalObject(raw, 'assume')).map(([about, answer]) => [
      about,
      gate.text(answer, `assume.${about}`),
    ]),
  )
