import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Ajv2020} from 'ajv/dist/2020.js'
import {describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {aspects} from '../../src/xds/check/aspect.js'
import {root, sidetrace} from '../setup/run-bin.js'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const ajv = new Ajv2020({allErrors: true, allowUnionTypes: true, strict: true})
for (const file of readdirSync(join(root, 'schemas'))) ajv.addSchema(JSON.parse(read(`schemas/${file}`)))

function errorsOf(schema: string, document: unknown): string[] {
  const validate = ajv.getSchema(`urn:sidetrace:v1:${schema}`)
  if (!validate) throw new Error(`no schema ${schema}`)
  validate(document)
  return (validate.errors ?? []).map(({instancePath, message}) => `${instancePath} ${message}`)
}

const fixtures = readdirSync(join(root, 'test/fixtures/tests')).filter((name) => name.startsWith('sidetrace-'))

describe('the schema of test files', () => {
  it.each(['samples/tests/productpage.yaml', ...fixtures.map((name) => `test/fixtures/tests/${name}`)])(
    'holds for %s',
    (path) => {
      expect(errorsOf('test-file', parse(read(path)))).toEqual([])
    },
  )

  it('holds for the examples of the page', () => {
    const [, example = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(read('docs/testing-routes.md')) ?? []
    expect(errorsOf('test-file', parse(example))).toEqual([])
  })

  it.each([
    ['expect: {clutser: a}', 'must NOT have additional properties'],
    ['expect: {}', 'must NOT have fewer than 1 properties'],
    ['expect: {outcome: delivered}', 'must be equal to one of the allowed values'],
    ['expect: {cluster: {a: most}}', 'must match pattern'],
    ['expect: {status: 200}, only: true', 'must NOT have additional properties'],
  ])('refuses {%s}', (members, error) => {
    const document: unknown = parse(`tests: [{name: a, request: {dst: "10.0.0.1:80"}, ${members}}]`)
    expect(errorsOf('test-file', document).join('\n')).toContain(error)
  })

  it('knows every member that can be expected, and no other', () => {
    const {$defs} = JSON.parse(read('schemas/test-file.schema.json'))
    expect(Object.keys($defs.expect.properties).sort()).toEqual(
      [...Object.keys(aspects), 'endpoint', 'rewritten'].sort(),
    )
  })
})

it('describes the report as its schema says, of failures too', () => {
  const {stdout} = sidetrace([
    'test',
    'test/fixtures/tests/sidetrace-failing.yaml',
    'sample',
    '--from',
    'sample',
    '--pod',
    'productpage',
    '-o',
    'json',
  ])
  const document: unknown = JSON.parse(stdout)
  expect(document).toMatchObject({apiVersion: 'sidetrace/v1', kind: 'TestReport', summary: {failed: 3}})
  expect(errorsOf('test-report', document)).toEqual([])
})
