import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import * as pool from './pools.js'

export const message = (name: string, config: JsonObject = {}): JsonObject => ({
  '@type': `type.googleapis.com/${name}`,
  ...config,
})

export const cidr = (random: Random): JsonObject => {
  const [address_prefix, prefix_len] = pick(random, pool.ranges)
  return {address_prefix, prefix_len}
}

/** Sometimes an explicit /0, which stands in the place of unset. */
const chainRange = (random: Random, zeros: boolean): JsonObject =>
  zeros && chance(random, 0.2) ? {address_prefix: '0.0.0.0', prefix_len: 0} : cidr(random)

const some = <T>(random: Random, probability: number, name: string, make: () => T): JsonObject =>
  chance(random, probability) ? {[name]: make()} : {}

/** One or two of what `make` gives. */
const few = <T>(random: Random, make: () => T): T[] => times(whole(random, 1, 2), make)

function randomMatch(random: Random, zeros: boolean): JsonObject {
  const range = () => chainRange(random, zeros)
  return {
    ...some(random, 0.25, 'destination_port', () => pick(random, pool.ports)),
    ...some(random, 0.3, 'prefix_ranges', () => few(random, range)),
    ...some(random, 0.35, 'server_names', () => [...new Set(few(random, () => pick(random, pool.configuredNames)))]),
    ...some(random, 0.3, 'transport_protocol', () => pick(random, pool.transports)),
    ...some(random, 0.3, 'application_protocols', () => [...new Set(few(random, () => pick(random, pool.protocols)))]),
    ...some(random, 0.15, 'direct_source_prefix_ranges', () => few(random, range)),
    ...some(random, 0.2, 'source_type', () => pick(random, ['SAME_IP_OR_LOOPBACK', 'EXTERNAL'])),
    ...some(random, 0.25, 'source_prefix_ranges', () => few(random, range)),
    ...some(random, 0.1, 'source_ports', () => [pick(random, pool.ports)]),
  }
}

/** A network filter that answers at once, so that a client sees an open connection. */
export const answers: JsonObject = {
  name: 'answer',
  typed_config: message('envoy.extensions.filters.network.direct_response.v3.Config', {
    response: {inline_string: 'ok'},
  }),
}

export const randomChains = (random: Random, count: number, zeros = false): JsonObject[] =>
  times(count, (index) => ({
    name: `fc${index}`,
    filter_chain_match: randomMatch(random, zeros),
    filters: [answers],
  }))

const input = (name: string): JsonObject => ({
  name,
  typed_config: message(`envoy.extensions.matching.common_inputs.network.v3.${name}`),
})

type Entry = readonly [input: string, values: readonly [string, ...string[]]]

const textInputs: readonly [Entry, ...Entry[]] = [
  ['DestinationPortInput', ['80', '443', '8080']],
  ['SourcePortInput', ['40001', '50000']],
  ['ServerNameInput', ['a.com', 'www.a.com', 'b.com']],
  ['TransportProtocolInput', ['tls', 'raw_buffer']],
  ['ApplicationProtocolInput', ["'h2'", "'http/1.1'", "'h2','http/1.1'"]],
  ['SourceTypeInput', ['local']],
  ['DestinationIPInput', ['10.1.1.1', '127.0.0.1']],
  ['SourceIPInput', ['10.1.1.1', '127.0.0.1']],
]

const kinds = ['exact', 'prefix', 'suffix', 'contains'] as const

function randomPredicate(random: Random, depth: number): JsonObject {
  const inner = () => randomPredicate(random, depth - 1)
  if (depth > 0 && chance(random, 0.2)) return {not_matcher: inner()}
  if (depth > 0 && chance(random, 0.25)) return {and_matcher: {predicate: [inner(), inner()]}}
  if (depth > 0 && chance(random, 0.25)) return {or_matcher: {predicate: [inner(), inner()]}}
  const [name, values] = pick(random, textInputs)
  const value = pick(random, values)
  const kind = pick(random, kinds)
  const part = kind === 'exact' ? value : value.slice(0, whole(random, 1, value.length))
  return {
    single_predicate: {
      input: input(name),
      value_match: {[kind]: part, ...some(random, 0.2, 'ignore_case', () => true)},
    },
  }
}

/** A unified matcher whose actions `action` makes. */
export function randomMatcher(random: Random, action: () => JsonObject, depth = 2): JsonObject {
  const onMatch = (): JsonObject =>
    depth > 0 && chance(random, 0.4) ? {matcher: randomMatcher(random, action, depth - 1)} : {action: action()}
  const otherwise = some(random, 0.4, 'on_no_match', onMatch)
  if (chance(random, 0.5)) return {...randomList(random, onMatch), ...otherwise}
  return {matcher_tree: randomTree(random, onMatch), ...otherwise}
}

const randomList = (random: Random, onMatch: () => JsonObject): JsonObject => ({
  matcher_list: {
    matchers: times(whole(random, 1, 3), () => ({predicate: randomPredicate(random, 2), on_match: onMatch()})),
  },
})

function randomTree(random: Random, onMatch: () => JsonObject): JsonObject {
  if (chance(random, 0.3)) return rangeTree(random, onMatch)
  if (chance(random, 0.3)) return domainTree(random, onMatch)
  const [name, values] = pick(random, textInputs)
  const keys = [...new Set(few(random, () => pick(random, values)))]
  const prefix = chance(random, 0.4)
  const map = Object.fromEntries(
    keys.map((key) => [prefix ? key.slice(0, whole(random, 1, key.length)) : key, onMatch()]),
  )
  return {input: input(name), [prefix ? 'prefix_match_map' : 'exact_match_map']: {map}}
}

function rangeTree(random: Random, onMatch: () => JsonObject): JsonObject {
  const range_matchers = times(whole(random, 1, 3), () => ({
    ranges: few(random, () => cidr(random)),
    on_match: onMatch(),
    ...some(random, 0.25, 'exclusive', () => true),
  }))
  return {
    input: input(pick(random, ['DestinationIPInput', 'SourceIPInput', 'DirectSourceIPInput'])),
    custom_match: {name: 'ip', typed_config: message('xds.type.matcher.v3.IPMatcher', {range_matchers})},
  }
}

function domainTree(random: Random, onMatch: () => JsonObject): JsonObject {
  const domains = [...new Set(times(3, () => pick(random, ['a.com', 'www.a.com', '*.a.com', '*.com', '*'])))]
  const domain_matchers = domains.map((domain) => ({domains: [domain], on_match: onMatch()}))
  return {
    input: input('ServerNameInput'),
    custom_match: {name: 'domains', typed_config: message('xds.type.matcher.v3.ServerNameMatcher', {domain_matchers})},
  }
}

/** Chains that a matcher chooses; now and then it names one that does not exist. */
export function matchedChains(random: Random): JsonObject {
  const action = () => ({
    name: 'chain',
    typed_config: message('google.protobuf.StringValue', {value: pick(random, ['fc0', 'fc1', 'fc2', 'nosuch'])}),
  })
  return {
    filter_chains: times(3, (index) => ({name: `fc${index}`, filters: [answers]})),
    filter_chain_matcher: randomMatcher(random, action),
  }
}
