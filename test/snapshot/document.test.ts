import {describe, expect, test} from 'vitest'
import {DataError} from '../../src/errors.js'
import {parseSnapshotDocument} from '../../src/snapshot/document.js'

const parse = (members: object) =>
  parseSnapshotDocument(
    JSON.stringify({apiVersion: 'sidetrace/v1', kind: 'Snapshot', pods: [], services: [], nodes: [], ...members}),
    'x/snapshot.json',
  )

const failure = (text: string): string => {
  try {
    parseSnapshotDocument(text, 'x/snapshot.json')
  } catch (error) {
    if (error instanceof DataError) return error.failure.what
    throw error
  }
  throw new Error('was accepted')
}

describe('a snapshot’s document', () => {
  test('keeps what it knows; null is absent, and an unknown member is left out', () => {
    const pod = {
      namespace: 'a',
      name: 'b',
      ip: null,
      proxyUid: null,
      appUid: 1000,
      containers: [{name: 'c', ports: [80]}],
      x: 1,
    }
    expect(parse({pods: [pod]}).pods).toEqual([
      {namespace: 'a', name: 'b', proxyUid: null, appUid: 1000, containers: [{name: 'c', ports: [80]}]},
    ])
  })

  test('may write one address of a host without a list', () => {
    expect(parse({hosts: {a: '10.0.0.1', b: ['10.0.0.2', '10.0.0.3']}}).hosts).toEqual({
      a: ['10.0.0.1'],
      b: ['10.0.0.2', '10.0.0.3'],
    })
  })

  test('may lack lists', () => {
    expect(parseSnapshotDocument('{"apiVersion":"sidetrace/v1","kind":"Snapshot"}', 'x').pods).toEqual([])
  })

  test.each([
    ['', 'is empty'],
    ['<html>', 'is not JSON'],
    ['{"kind": "Snap', 'is not JSON'],
    ['[]', '$ is not an object'],
    ['{"configs": []}', 'is JSON, not a Snapshot'],
    ['{"apiVersion":"sidetrace/v1","kind":"Trace"}', 'is Trace, not a Snapshot'],
    ['{"apiVersion":"sidetrace/v9","kind":"Snapshot"}', 'has apiVersion sidetrace/v9; this program reads sidetrace/v1'],
  ])('%j is refused', (text, what) => expect(failure(text)).toBe(what))

  test.each([
    [{pods: {}}, '$.pods is not a list'],
    [{pods: [{namespace: 'a'}]}, '$.pods[0] is not an object with name'],
    [{pods: [{namespace: 'a', name: 'b', ip: 7}]}, '$.pods[0].ip is not a text'],
    [{pods: [{namespace: '..', name: 'b'}]}, '$.pods[0].namespace cannot name a folder'],
    [{pods: [{namespace: 'a', name: 'b/../../c'}]}, '$.pods[0].name cannot name a folder'],
    [{services: [{namespace: 'a', name: 'b', ports: [{port: '80'}]}]}, '$.services[0].ports[0].port is not a number'],
    [{hosts: {a: 1}}, "$.hosts['a'] is not a text or a list of texts"],
  ])('%j names the place that is wrong', (members, what) => {
    expect(() => parse(members)).toThrow(`x/snapshot.json: ${what}`)
  })
})
