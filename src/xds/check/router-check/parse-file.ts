import type {MatchRequest} from '../../match/request.js'
import {isObject, type JsonObject, member} from '../../parse/field.js'
import {parseMatchRequest} from '../../parse/match-request.js'
import type {Expectation} from '../expectation.js'
import {Gate} from '../gate.js'
import {caseName} from '../parse-file.js'
import type {RouteTest} from '../route-test.js'
import {expectedText, isRouterCheckMember} from './aspect.js'

/** Where the tool's requests, which name no connection, enter. */
export interface Entry {
  direction: unknown
  /** IP:PORT */
  dst: string
}

/** Whether a document is of router_check_tool's format: `{tests: [{test_name, input, validate}]}`. */
export function isRouterCheckFile(document: unknown): boolean {
  const tests = isObject(document) ? document['tests'] : undefined
  return Array.isArray(tests) && tests.some((test) => isObject(test) && ('input' in test || 'validate' in test))
}

/**
 * The gate for router_check_tool's format (test/tools/router_check/validation.proto of Envoy). The request enters as the
 * tool has it: x-forwarded-proto says whether it is `ssl`, the peer's address whether it is `internal`.
 * @throws DataError
 */
export function parseRouterCheckFile(document: unknown, file: string, entry: Entry): RouteTest[] {
  const gate = new Gate(file)
  const tests = gate.list(gate.object(document, 'the file')['tests'], 'tests')
  return tests.map((test, index) => parseTest(test, `${file}, ${caseName(test, index, 'test_name')}`, entry))
}

function parseTest(test: unknown, where: string, entry: Entry): RouteTest {
  const gate = new Gate(where)
  const raw = gate.object(test, 'the test')
  gate.onlyMembers(raw, ['test_name', 'testName', 'input', 'validate'], 'the test')
  const input = gate.object(member(raw, 'input'), 'input')
  gate.onlyMembers(input, inputMembers, 'input')
  const headers = gate
    .list(member(input, 'additional_request_headers') ?? [], 'input.additional_request_headers')
    .map((line) => {
      const header = gate.object(line, 'input.additional_request_headers')
      return [gate.text(header['key'], 'key'), gate.text(header['value'] ?? '', 'value')] as const
    })
  const random = randomOf(member(input, 'random_value') ?? 0, gate)
  const authority = gate.text(member(input, 'authority'), 'input.authority')
  const request = requestOf(input, authority, headers, entry, where)
  return {
    name: gate.text(member(raw, 'test_name'), 'test_name'),
    request,
    suppositions: {random: String(random), dynamic_metadata: JSON.stringify(metadataOf(input, gate))},
    ...validationsOf(gate.object(member(raw, 'validate'), 'validate'), gate),
    preset: {
      runtime: gate.text(member(input, 'runtime') ?? '', 'input.runtime'),
      random,
      namedByRequest: [authority, ...headers.map(([, value]) => value)],
    },
  }
}

const inputMembers = [
  ...['authority', 'path', 'method', 'random_value', 'randomValue', 'ssl', 'internal', 'runtime'],
  ...['additional_request_headers', 'additionalRequestHeaders', 'additional_response_headers'],
  ...['additionalResponseHeaders', 'dynamic_metadata', 'dynamicMetadata'],
]

function requestOf(
  input: JsonObject,
  authority: string,
  headers: readonly (readonly [string, string])[],
  {direction, dst}: Entry,
  where: string,
): MatchRequest {
  const line = {
    direction,
    dst,
    src: `${input['internal'] === true ? '10.0.0.1' : '192.0.2.1'}:40000`,
    protocol: 'http1',
    tls: null,
    http: {
      method: input['method'] ?? 'GET',
      authority,
      path: input['path'],
      headers: [['x-forwarded-proto', input['ssl'] === true ? 'https' : 'http'], ...headers],
    },
  }
  return parseMatchRequest(line, where)
}

/** A uint64, which proto JSON writes as a number or a text. */
function randomOf(value: unknown, gate: Gate): bigint {
  const text = gate.text(value, 'input.random_value')
  return /^\d+$/.test(text) ? BigInt(text) : gate.fail('input.random_value', 'is no whole number')
}

/** Later values of a namespace are added where they may overwrite, or where it has none yet. */
function metadataOf(input: JsonObject, gate: Gate): Record<string, JsonObject> {
  const metadata: Record<string, JsonObject> = {}
  for (const each of gate.list(member(input, 'dynamic_metadata') ?? [], 'input.dynamic_metadata')) {
    const entry = gate.object(each, 'input.dynamic_metadata')
    const namespace = gate.text(member(entry, 'metadata_namespace'), 'metadata_namespace')
    const value = gate.optionalObject(member(entry, 'value'), 'value')
    if (member(entry, 'allow_overwrite') === true || !(namespace in metadata))
      metadata[namespace] = {...metadata[namespace], ...value}
  }
  return metadata
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** What is not about the route (headers of the response, time-outs, metadata) is named as unchecked. */
function validationsOf(validate: JsonObject, gate: Gate): Pick<RouteTest, 'expectations' | 'unchecked'> {
  const expectations: Expectation[] = []
  const unchecked: string[] = []
  for (const [name, value] of Object.entries(validate)) {
    const known = snakeCase(name)
    if (value === null) continue
    if (!isRouterCheckMember(known)) unchecked.push(known)
    else
      expectations.push({
        member: known,
        expected: [{value: expectedText(gate.text(value, `validate.${name}`)), share: 1}],
      })
  }
  if (expectations.length + unchecked.length === 0) gate.fail('validate', 'is empty')
  return {expectations, unchecked}
}
