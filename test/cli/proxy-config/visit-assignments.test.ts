import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {visitAssignment} from '../../../src/cli/proxy-config/visit-assignments.js'
import {documentPlan} from '../../../src/scan/document-plan.js'
import {JsonScanner} from '../../../src/scan/json-scanner.js'
import {visit} from '../../../src/scan/visit.js'
import {type AssignmentSummary, readAssignment} from '../../../src/views/table/eds.js'

/** What is made of the assignments of a document that arrives in pieces of `size` bytes. */
function assignmentsOf(text: string, size: number): AssignmentSummary[] {
  const found: AssignmentSummary[] = []
  const nothing = () => undefined
  const item = visit({endpoint_config: visitAssignment((assignment) => void found.push(assignment))})
  const scanner = new JsonScanner(documentPlan({lists: {list: {item}}}, {known: nothing, other: nothing}))
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += size) scanner.push(bytes.slice(i, i + size))
  scanner.end()
  return found
}

/** An object with some of these members, in any order. */
const someOf = (members: Record<string, fc.Arbitrary<unknown>>) =>
  fc
    .record(members, {requiredKeys: []})
    .chain((made) => fc.shuffledSubarray(Object.entries(made), {minLength: Object.keys(made).length}))
    .map((entries) => Object.fromEntries(entries))

const odd = fc.constantFrom<unknown>(null, true, 7, 'é "😀"', [], {}, [[{}]])
const name = fc.oneof(fc.constantFrom('outbound|80||a', '10.0.0.1', '::1', ''), odd)
const address = fc.oneof(
  someOf({socket_address: someOf({address: name, portValue: fc.oneof(fc.constantFrom(80, '8080', 0), odd)})}),
  someOf({pipe: someOf({path: name})}),
  someOf({envoyInternalAddress: someOf({server_listener_name: name, endpoint_id: name})}),
  odd,
)
const more = fc.array(fc.oneof(someOf({address}), odd), {maxLength: 2})
const endpoint = fc.oneof(
  someOf({
    healthStatus: fc.oneof(fc.constantFrom('HEALTHY', 'DRAINING'), odd),
    endpoint: fc.oneof(someOf({address, additional_addresses: more, hostname: name}), odd),
    load_balancing_weight: odd,
  }),
  odd,
)
const locality = fc.oneof(someOf({region: name, zone: name, subZone: name}), odd)
const group = fc.oneof(someOf({locality, lb_endpoints: fc.oneof(fc.array(endpoint, {maxLength: 3}), odd)}), odd)
const assignment = someOf({cluster_name: name, endpoints: fc.oneof(fc.array(group, {maxLength: 3}), odd), policy: odd})

describe('assignments that are read from bytes', () => {
  it('make the same as assignments that are parsed, however the document is cut and indented', () => {
    fc.assert(
      fc.property(
        fc.array(assignment, {maxLength: 3}),
        fc.integer({min: 1, max: 400}),
        fc.nat(2),
        (list, size, indent) => {
          const text = JSON.stringify({list: list.map((endpoint_config) => ({endpoint_config}))}, null, indent)
          expect(assignmentsOf(text, size)).toEqual(list.map(readAssignment))
        },
      ),
    )
  })
})
