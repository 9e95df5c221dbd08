import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {root, sidetrace} from '../setup/run-bin.js'

const folder = mkdtempSync(join(tmpdir(), 'sidetrace-test-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const file = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const pod = ['--from', 'sample', '--pod', 'productpage']
const sample = join(root, 'samples/tests/productpage.yaml')
const wrong = file(
  'wrong.yaml',
  `tests:
  - name: everybody is jason
    request: {url: "http://reviews:9080/<&>", direction: outbound}
    expect: {route: jason}
`,
)

describe('sidetrace test', () => {
  it('passes the cases of the sample, by path, by name and from standard input', () => {
    const byName = sidetrace(['test', 'sample', ...pod])
    const byPath = sidetrace(['test', sample, ...pod])
    const piped = sidetrace(['test', '-', ...pod], {input: readFileSync(sample, 'utf8')})
    expect([byName.exit, byName.stderr, byPath.exit, piped.exit]).toEqual([0, '', 0, 0])
    expect(byName.stdout).toMatch(/^sample\n {2}pass {2}jason is sent to reviews v2\n/)
    expect(byName.stdout).toMatch(/\n8 passed, 0 failed\n$/)
    expect(byPath.stdout.split('\n').slice(1)).toEqual(byName.stdout.split('\n').slice(1))
  })

  it('says what was expected, what came and why, and exits 79', () => {
    const {exit, stdout, stderr} = sidetrace(['test', wrong, sample, ...pod])
    expect(exit).toBe(79)
    expect(stderr).toBe('Error: test: 1 of 9 cases failed\n')
    expect(stdout).toContain('  FAIL  everybody is jason')
    expect(stdout).toMatch(/expected {2}jason\n +got {7}weighted\n/)
    expect(stdout).toContain('not jason: header end-user = jason: absent')
  })

  it('writes JUnit XML with every file as a suite, names and values escaped', () => {
    const {exit, stdout} = sidetrace(['test', wrong, sample, ...pod, '-o', 'junit'])
    expect(exit).toBe(79)
    expect(stdout).toContain('<testsuites name="sidetrace" tests="9" failures="1" errors="0">')
    expect(stdout).toContain(`<testcase classname="${wrong}" name="everybody is jason">`)
    expect(stdout).toContain('<failure type="route" message="route: expected jason, got weighted">')
    expect(stdout).not.toContain('<&>')
    expect(stdout.match(/<testcase /g)).toHaveLength(9)
  })

  it('holds the coverage against --fail-under, of all or of one route configuration', () => {
    const covered = (...args: string[]) => sidetrace(['test', sample, ...pod, ...args])
    expect(covered('--cover', '9080', '--fail-under', '40').exit).toBe(0)
    const under = covered('--fail-under', '40%')
    expect(under.exit).toBe(79)
    expect(under.stderr).toMatch(/^Error: test: the cases reach 14\.\d+ % of the routes, not 40 %\n$/)
  })
})

it('reads anchors and merge keys of YAML', () => {
  const cases = file(
    'merged.yaml',
    `tests:
  - &first
    name: first
    request: &jason {url: "http://reviews:9080/", direction: outbound, headers: {end-user: jason}}
    expect: {route: jason}
  - {<<: *first, name: second, request: {<<: *jason, headers: {}}, expect: {route: weighted}}
`,
  )
  expect(sidetrace(['test', cases, ...pod]).stdout).toMatch(/\n2 passed, 0 failed\n$/)
})

it('strips terminal escapes from names, and writes none into XML', () => {
  const name = 'a\u001b[31mred\u0007'
  const cases = file(
    'escapes.json',
    JSON.stringify({tests: [{name, request: {dst: '10.0.0.1:1'}, expect: {listener: name}}]}),
  )
  for (const format of ['text', 'junit']) {
    const {exit, stdout} = sidetrace(['test', cases, ...pod, '-o', format])
    expect(exit).toBe(79)
    expect(stdout).toContain('ared')
    expect(stdout).not.toMatch(/[\u001b\u0007]/)
  }
})

describe('what cannot be tested', () => {
  it.each([
    [['test', ...pod], 2, 'Missing 1 required arg'],
    [['test', sample], 2, 'no Envoy is named'],
    [['test', '-', '-f', '-'], 2, 'is read more than once'],
    [['test', sample, ...pod, '--fail-under', '101'], 2, 'is no per cent'],
    [['test', sample, ...pod, '--cover', 'nix'], 2, 'is no route configuration that a listener uses'],
    [['test', join(folder, 'none.yaml'), ...pod], 66, 'no such file'],
    [['test', file('empty.yaml', ''), ...pod], 65, 'is empty'],
    [['test', file('broken.yaml', 'tests: [{'), ...pod], 65, 'is neither YAML nor JSON'],
    [['test', file('cut.json', '{"tests": ['), ...pod], 65, 'is neither YAML nor JSON'],
    [
      ['test', file('typo.yaml', 'tests: [{name: a, request: {dst: "1.1.1.1:1"}, expect: {root: x}}]'), ...pod],
      65,
      'typo.yaml, test 1 (a): expect has an unknown member "root"',
    ],
  ])('is said: %j', (args, code, what) => {
    const {exit, stdout, stderr} = sidetrace(args)
    expect([exit, stdout]).toEqual([code, ''])
    expect(stderr).toMatch(/^Error: .*\n$/)
    expect(stderr).toContain(what)
  })
})
