import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {matchRequest} from '../../../src/xds/match/match.js'
import {parseConfigDump} from '../../../src/xds/parse/config-dump.js'
import {parseMatchRequest} from '../../../src/xds/parse/match-request.js'
import {root} from '../../setup/run-bin.js'

/** What stands at one of our JSONPaths: members by dot or quoted, items by number. */
function valueAt(document: unknown, path: string): unknown {
  const steps = [...path.slice(1).matchAll(/\.([A-Za-z_]\w*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/g)]
  expect(steps.map(([text]) => text).join('')).toBe(path.slice(1))
  let here: unknown = document
  for (const [, name, index, quoted] of steps) {
    const key = name ?? index ?? quoted?.replace(/\\(.)/g, '$1') ?? ''
    here = typeof here === 'object' && here !== null ? Reflect.get(here, key) : undefined
  }
  return here
}

const http = (authority: string, path: string, headers: string[][] = []) => ({http: {authority, path, headers}})
const mtls = {sni: null, alpn: ['istio'], cert: {uriSans: ['spiffe://cluster.local/ns/default/sa/bookinfo-reviews']}}

const questions: [pod: string, requests: object[]][] = [
  [
    'productpage-v1-64794f5db4-8s7zq',
    [
      {direction: 'outbound', dst: '10.96.0.14:9080', ...http('reviews:9080', '/reviews/0')},
      {direction: 'outbound', dst: '10.96.0.14:9080', ...http('reviews:9080', '/', [['end-user', 'jason']])},
      {direction: 'outbound', dst: '10.96.0.12:9080', ...http('nobody:9080', '/')},
      {direction: 'outbound', dst: '10.96.0.20:7070'},
      {direction: 'outbound', dst: '10.99.9.9:4444', protocol: 'silent'},
      {direction: 'inbound', dst: '10.10.0.11:9080', ...http('productpage:9080', '/'), tls: mtls},
      {direction: 'inbound', dst: '10.10.0.11:9080', ...http('productpage:9080', '/')},
    ],
  ],
  [
    'ratings-v1-5997b99df9-m2k8w',
    [
      {direction: 'inbound', dst: '10.10.0.13:9080', ...http('ratings:9080', '/ratings/0'), tls: mtls},
      {direction: 'inbound', dst: '10.10.0.13:9080', ...http('ratings:9080', '/ratings/0')},
      {direction: 'inbound', dst: '10.10.0.13:7070'},
    ],
  ],
]

describe('every place that a step names', () => {
  it.each(questions)('stands in the dump of %s', (pod, requests) => {
    const path = join(root, 'samples/bookinfo/pods/default', pod, 'config_dump.json')
    const document: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const proxy = {dump: parseConfigDump(document, pod), state: {}}
    const places = requests.flatMap((request) =>
      matchRequest(proxy, parseMatchRequest(request, 'test'), {}).flatMap(({steps, notes, assumptions, endpoints}) => [
        ...steps.flatMap((step) => [step.at, ...step.passedOver.map(({at}) => at)]),
        ...[...notes, ...assumptions, ...endpoints].flatMap(({at}) => at ?? []),
      ]),
    )
    expect(places.length).toBeGreaterThan(30)
    expect(places.filter((place) => valueAt(document, place) === undefined)).toEqual([])
  })

  it('and answers without steps are the same answers', () => {
    for (const [pod, requests] of questions) {
      const path = join(root, 'samples/bookinfo/pods/default', pod, 'config_dump.json')
      const proxy = {dump: parseConfigDump(JSON.parse(readFileSync(path, 'utf8')), pod), state: {}}
      for (const request of requests.map((raw) => parseMatchRequest(raw, 'test'))) {
        const explained = matchRequest(proxy, request, {}).map((branch) => ({...branch, steps: []}))
        expect(matchRequest(proxy, request, {}, false)).toEqual(explained)
      }
    }
  })
})
