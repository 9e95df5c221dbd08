import {describe, expect, it} from 'vitest'
import {parseTestFile} from '../../../src/xds/check/parse-file.js'
import type {JsonObject} from '../../../src/xds/parse/field.js'

const hosts: Record<string, string> = {reviews: '10.96.0.14', six: 'fd00::1'}
const setting = {defaults: {}, lookup: (host: string) => hosts[host], suppositions: {}}

const parse = (test: JsonObject, file: JsonObject = {}) =>
  parseTestFile(
    {...file, tests: [{name: 'case', request: {dst: '10.0.0.1:80'}, expect: {status: 200}, ...test}]},
    'f.yaml',
    setting,
  )

const requestOf = (request: JsonObject, defaults: JsonObject = {}) => parse({request}, {defaults})[0]?.request

describe('a request in short', () => {
  it('takes destination, authority, path and TLS from the URL', () => {
    expect(requestOf({url: 'http://reviews:9080/a?b#c'})).toMatchObject({
      direction: 'direct',
      dst: {ip: '10.96.0.14', port: 9080},
      protocol: 'http1',
      tls: null,
      http: {method: 'GET', authority: 'reviews:9080', path: '/a?b', headers: []},
    })
    expect(requestOf({url: 'https://six/'})).toMatchObject({
      dst: {ip: 'fd00::1', port: 443},
      tls: {sni: 'six', alpn: [], cert: null},
      http: {authority: 'six'},
    })
  })

  it('takes headers as a table or as lines, and Host as the authority', () => {
    const dst = '10.0.0.1:80'
    const headers = {a: 1, b: ['x', 'y'], Host: 'h'}
    expect(requestOf({dst, url: '/', headers})?.http).toMatchObject({
      authority: 'h',
      headers: [
        ['a', '1'],
        ['b', 'x'],
        ['b', 'y'],
      ],
    })
    expect(requestOf({dst, path: '/', headers: ['a: x: y', ['b', '']]})?.http).toMatchObject({
      authority: null,
      headers: [
        ['a', 'x: y'],
        ['b', ''],
      ],
    })
    expect(requestOf({url: 'http://reviews/', headers: {host: null}})?.http?.authority).toBeNull()
  })

  it('asks for a connection alone where nothing of HTTP is said', () => {
    expect(requestOf({dst: 'reviews:7070'})).toMatchObject({
      dst: {ip: '10.96.0.14', port: 7070},
      protocol: 'tcp',
      http: null,
    })
  })

  it('is completed by the defaults, its own members first', () => {
    const defaults = {direction: 'outbound', dst: '10.0.0.9:1', headers: {a: 'b'}}
    expect(requestOf({url: 'http://reviews/', headers: {c: 'd'}}, defaults)).toMatchObject({
      direction: 'outbound',
      dst: {ip: '10.0.0.9', port: 1},
      http: {headers: [['c', 'd']]},
    })
  })
})

it('supposes what the case says before the command line, and that before the file', () => {
  const raw = {
    assume: {x: 'file', y: 'file', z: 'file'},
    tests: [{name: 1, request: {dst: '10.0.0.1:80'}, assume: {x: 'case'}, expect: {status: 200}}],
  }
  const [test] = parseTestFile(raw, 'f', {...setting, suppositions: {x: 'flag', y: 'flag'}})
  expect(test).toMatchObject({name: '1', suppositions: {x: 'case', y: 'flag', z: 'file'}})
})

describe('a malformed file', () => {
  it.each<[JsonObject, string]>([
    [{expect: {clutser: 'a'}}, 'f.yaml, test 1 (case): expect has an unknown member "clutser"'],
    [{expect: {}}, 'expect is empty'],
    [{expect: {rewritten: {host: 'a'}}}, 'expect.rewritten has an unknown member "host"'],
    [{expect: {cluster: {a: '80%', b: '30%'}}}, 'expect.cluster has shares of 110 % in all, not 100 %'],
    [{expect: {cluster: {a: 'most'}}}, 'expect.cluster a is no share'],
    [{expect: {cluster: [['a']]}}, 'expect.cluster is no text'],
    [{request: {url: '/'}}, 'request names no destination'],
    [{request: {url: 'http://nowhere/'}}, 'request.url has no address here'],
    [{request: {url: 'ftp://x/', dst: '10.0.0.1:80'}}, 'request.url is no URL and no path'],
    [{request: {dst: '10.0.0.1:80', path: '/', http: {}}}, 'request has "http" beside what stands for it'],
    [{request: {dst: '10.0.0.1:80', methd: 'PUT'}}, 'request has an unknown member "methd"'],
    [{request: {dst: '10.0.0.1:80', url: '/', headers: ['a']}}, 'request.headers[0] is no "name: value"'],
    [{request: {dst: '10.0.0.1:80', url: '/', headers: {a: null}}}, 'request.headers.a is no text'],
    [{name: null}, 'name is no text'],
    [{only: true}, 'the test has an unknown member "only"'],
  ])('is refused with its place: %j', (test, what) => {
    expect(() => parse(test)).toThrow(what)
  })

  it.each<[unknown, string]>([
    [[], 'the file is no object'],
    [{}, 'tests is no list'],
    [{tests: []}, 'tests is empty'],
    [{tests: [1]}, 'test 1: the test is no object'],
    [{tests: [], test: []}, 'the file has an unknown member "test"'],
  ])('is refused as a whole: %j', (document, what) => {
    expect(() => parseTestFile(document, 'f', setting)).toThrow(what)
  })
})
