import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {visitHosts} from '../../../src/cli/proxy-config/visit-hosts.js'
import {BrokenJson} from '../../../src/scan/broken-json.js'
import {documentPlan} from '../../../src/scan/document-plan.js'
import {JsonScanner} from '../../../src/scan/json-scanner.js'
import {type EndpointRow, hostRows} from '../../../src/views/table/endpoint.js'

/** The rows of a document that arrives in pieces of `size` bytes, each overwritten as soon as it was taken. */
function rowsOf(text: string, size: number): EndpointRow[] {
  const rows: EndpointRow[] = []
  const nothing = () => undefined
  const plan = documentPlan({lists: {cluster_statuses: {item: visitHosts(rows)}}}, {known: nothing, other: nothing})
  const scanner = new JsonScanner(plan)
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += size) {
    const piece = bytes.slice(i, i + size)
    scanner.push(piece)
    piece.fill(0x21)
  }
  scanner.end()
  return rows
}

/** An object with some of these members, in any order. */
const someOf = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .record(members, {requiredKeys: []})
    .chain((made) => fc.shuffledSubarray(Object.entries(made), {minLength: Object.keys(made).length}))
    .map((entries) => Object.fromEntries(entries))

const odd = fc.constantFrom<unknown>(null, true, 0, -1.5e3, 'a "quoted" \\ é 😀\u0000', [], {}, [{name: 'x'}])
const word = fc.oneof({weight: 4, arbitrary: fc.constantFrom('HEALTHY', 'UNHEALTHY', 'DRAINING')}, odd)
const name = fc.oneof(fc.constantFrom('outbound|80||a', '10.0.0.1', '::1', '/run/é.sock'), odd)
const port = fc.oneof(fc.constantFrom<unknown>(80, 0, 65_535, '8080', ' ', 12_345_678_901), odd)
const socket = fc.oneof(
  someOf({address: name, port_value: port, protocol: name}),
  someOf({address: name, portValue: port}),
  odd,
)
const address = fc.oneof(
  someOf({socket_address: socket}),
  someOf({socketAddress: socket, pipe: someOf({path: name})}),
  someOf({envoy_internal_address: someOf({server_listener_name: name, endpoint_id: name}), pipe: odd}),
  odd,
)
const health = fc.oneof(someOf({eds_health_status: word, failed_outlier_check: fc.boolean(), more: odd}), odd)
const host = fc.oneof(
  {weight: 5, arbitrary: someOf({address, stats: fc.array(odd), health_status: health, weight: port})},
  odd,
)
const status = someOf({name, host_statuses: fc.array(host, {maxLength: 4}), added_via_api: fc.boolean()})
const statuses = fc.array(status, {maxLength: 4})

describe('hosts that are read from bytes', () => {
  it('make the same rows as hosts that are parsed, however the document is cut and indented', () => {
    fc.assert(
      fc.property(statuses, fc.integer({min: 1, max: 400}), fc.nat(2), (list, size, indent) => {
        const text = JSON.stringify({cluster_statuses: list}, null, indent)
        expect(rowsOf(text, size)).toEqual(JSON.parse(text).cluster_statuses.flatMap(hostRows))
      }),
    )
  })

  it('are found behind names that are written with escapes', () => {
    const text = String.raw`{"cluster_statuses":[{"host_statuses":[{"addr\u0065ss":{"pipe":{"path":"/a"}}}],"n\u0061me":"late"}]}`
    const row = {cluster: 'late', address: 'unix:///a', port: 0, status: 'UNKNOWN', outlier: 'OK'}
    expect(rowsOf(text, 7)).toEqual([row])
  })

  it('are all found in a cluster of very many', () => {
    const hosts = Array.from({length: 5000}, (_, i) => ({
      address: {socket_address: {address: '::1', port_value: i + 1}},
    }))
    const rows = rowsOf(JSON.stringify({cluster_statuses: [{name: 'a', host_statuses: hosts}]}), 1000)
    expect(rows.map(({port}) => port)).toEqual(hosts.map((_, i) => i + 1))
  })

  it('are refused wherever their structure is damaged', () => {
    const hosts = [
      {address: {socket_address: {address: '10.0.0.1', port_value: 80}}, health_status: {eds_health_status: 'HEALTHY'}},
    ]
    const text = JSON.stringify({cluster_statuses: [{name: 'a', host_statuses: hosts}]})
    for (let i = 0; i < text.length; i++) {
      expect(() => rowsOf(text.slice(0, i), 16)).toThrow(BrokenJson)
      if ('{}[]:,"'.includes(text.charAt(i)))
        expect(() => rowsOf(text.slice(0, i) + text.slice(i + 1), 16), String(i)).toThrow(BrokenJson)
    }
  })

  it('are refused where a member that is shown stands twice', () => {
    const host = '{"address":{"pipe":{"path":"a"}},"address":null}'
    expect(() => rowsOf(`{"cluster_statuses":[{"host_statuses":[${host}]}]}`, 1000)).toThrow('stands twice')
  })
})
