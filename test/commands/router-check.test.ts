import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {root, sidetrace} from '../setup/run-bin.js'

const folder = mkdtempSync(join(tmpdir(), 'sidetrace-router-check-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const fixture = (name: string): string => join(root, 'test/fixtures/tests', name)
const routes = fixture('router-check-routes.yaml')
const tests = fixture('router-check-tests.yaml')

interface Test {
  test_name: string
  input: object
  validate: Record<string, unknown>
}
const cases: Test[] = parse(readFileSync(tests, 'utf8')).tests

const write = (name: string, document: unknown): string => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(document))
  return path
}

const run = (file: string, ...args: string[]) => {
  const {exit, stdout, stderr} = sidetrace(['test', file, '--route-config', routes, '-o', 'json', ...args])
  return {exit, stderr, report: stdout === '' ? null : JSON.parse(stdout)}
}

describe('a file of router_check_tool', () => {
  it('is answered as the tool does, and says what it cannot check', () => {
    const {exit, stderr, report} = run(tests)
    const wrong = report.suites[0].tests.filter(({result}: {result: string}) => result === 'failed')
    expect(wrong).toEqual([])
    expect(report.summary).toEqual({passed: cases.length - 1, failed: 0, skipped: 1})
    expect([exit, stderr]).toEqual([0, 'Warning: 1 case expects what is not checked: response_header_matches\n'])
    expect(report.coverage).toMatchObject({percent: 100, uncovered: []})
  })

  it('fails every expectation that is turned into another', () => {
    const other = (value: unknown) => (typeof value === 'number' ? value + 1 : `${value}x`)
    const turned = cases.slice(0, -1).map((test) => ({
      ...test,
      validate: Object.fromEntries(Object.entries(test.validate).map(([name, value]) => [name, other(value)])),
    }))
    const {exit, report} = run(write('turned.json', {tests: turned}))
    const differences = report.suites[0].tests.map((test: {differences: unknown[]}) => test.differences.length)
    expect(exit).toBe(79)
    expect(differences).toEqual(turned.map(({validate}) => Object.keys(validate).length))
  })

  it('may be JSON with names in camel case', () => {
    const [, camel] = cases
    const input = {authority: 'store.example.com', path: '/split', method: 'GET', randomValue: '99'}
    const file = write('camel.json', {tests: [camel, {testName: 'camel', input, validate: {clusterName: 'green'}}]})
    expect(run(file).report.summary).toEqual({passed: 2, failed: 0, skipped: 0})
  })

  it('is asked of a whole Envoy where it is said where requests enter', () => {
    const validate = {cluster_name: 'outbound|9080|v2|reviews.default.svc.cluster.local', code_redirect: 0}
    const additional_request_headers = [{key: 'end-user', value: 'jason'}]
    const input = {authority: 'reviews:9080', path: '/', method: 'GET', additional_request_headers}
    const file = write('whole.json', {tests: [{test_name: 'jason', input, validate}]})
    const pod = ['--from', 'sample', '--pod', 'productpage']
    const ask = sidetrace(['test', file, ...pod, '--dst', '10.96.0.14:9080', '--direction', 'outbound'])
    expect([ask.exit, ask.stderr]).toEqual([0, ''])
    const nowhere = sidetrace(['test', file, ...pod])
    expect([nowhere.exit, nowhere.stdout]).toEqual([65, ''])
    expect(nowhere.stderr).toContain('names no destination. Give --dst IP:PORT, or --route-config FILE')
  })

  it.each([
    [{test_name: 'a', input: {authority: 'a', path: '/'}, validate: {}}, 'test 1 (a): validate is empty'],
    [
      {test_name: 'a', input: {authority: 'a', path: '/', methd: 'GET'}, validate: {}},
      'input has an unknown member "methd"',
    ],
    [{test_name: 'a', input: {path: '/'}, validate: {cluster_name: ''}}, 'input.authority is no text'],
    [
      {test_name: 'a', input: {authority: 'a', path: '/', random_value: -1}, validate: {}},
      'input.random_value is no whole number',
    ],
    [
      {test_name: 'a', input: {authority: 'a', path: '/'}, validate: {cluster_name: ['a']}},
      'validate.cluster_name is no text',
    ],
    [{name: 'a', request: {}, expect: {}, input: {}}, 'the test has an unknown member "name"'],
  ])('is refused where it is malformed: %j', (test, what) => {
    const {exit, stderr, report} = run(write('bad.json', {tests: [test]}))
    expect([exit, report]).toEqual([65, null])
    expect(stderr).toContain(what)
  })
})

describe('a bare route configuration', () => {
  it('takes cases of our own format too, whose fractions are left to chance', () => {
    const own = {
      tests: [
        {
          name: 'a quarter is beta',
          request: {authority: 'store.example.com', path: '/beta'},
          expect: {cluster: {beta: '25%', stable: '75%'}},
        },
      ],
    }
    expect(run(write('own.json', own)).report.summary).toEqual({passed: 1, failed: 0, skipped: 0})
  })

  it.each([
    [['--route-config', tests], 65, 'is no RouteConfiguration'],
    [['--route-config', join(folder, 'none.yaml')], 66, 'no such file'],
    [['--route-config', routes, '--dst', '10.0.0.1:80'], 2, '--route-config has one entrance'],
    [['--route-config', routes, '--from', 'sample', '--pod', 'productpage'], 2, 'cannot also be provided'],
    [['--from', 'sample', '--pod', 'productpage', '--dst', 'reviews'], 2, 'is no IP:PORT'],
    [
      ['--from', 'sample', '--pod', 'productpage', '--dst', '10.0.0.1:80'],
      65,
      'input.runtime can be set with --route-config alone',
    ],
  ])('or what stands for it is refused: %j', (args, code, what) => {
    const {exit, stdout, stderr} = sidetrace(['test', tests, ...args])
    expect([exit, stdout]).toEqual([code, ''])
    expect(stderr).toContain(what)
  })
})
