import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {findShadowed} from '../../../src/xds/search/shadowed.js'
import {chainOf, envoyOf, hostWith} from './fixture.js'

const last = (path: readonly string[]): string => path.at(-1) ?? ''

/** `route 1 no <- route 0`, for each finding. */
const findings = (envoy: ReturnType<typeof envoyOf>): string[] =>
  findShadowed(envoy).map(({path, reachable, takenBy}) =>
    [
      `${last(path)} ${reachable}`,
      ...(takenBy.length > 0 ? [takenBy.map((taker) => last(taker.path)).join(', ')] : []),
    ].join(' <- '),
  )

const routes = (...matches: JsonObject[]): string[] => findings(envoyOf([chainOf([hostWith(matches)])]))

const header = (name: string, matcher: JsonObject): JsonObject => ({name, ...matcher})

describe('a route', () => {
  it('after a wider prefix is never reached', () => {
    expect(routes({prefix: '/a'}, {prefix: '/a/b'}, {path: '/ax'})).toEqual([
      'route 1 (r1) no <- route 0 (r0)',
      'route 2 (r2) no <- route 0 (r0)',
    ])
  })

  it('before the wider one is reached, and so is the wider one', () => {
    expect(routes({path: '/a'}, {prefix: '/a'}, {prefix: '/'})).toEqual([])
  })

  it('is taken by several that only together leave nothing', () => {
    expect(
      routes(
        {prefix: '/', headers: [header('x', {present_match: true})]},
        {prefix: '/', headers: [header('x', {present_match: false})]},
        {prefix: '/z'},
      ),
    ).toEqual(['route 2 (r2) no <- route 0 (r0), route 1 (r1)'])
  })

  it('whose conditions contradict each other fits no request', () => {
    const both = [header('x', {string_match: {exact: 'a'}}), header('x', {present_match: false})]
    expect(routes({prefix: '/', headers: both})).toEqual(['route 0 (r0) no'])
  })

  it('with a runtime fraction of zero fits no request, and one of half leaves room', () => {
    const fraction = (numerator: number) => ({prefix: '/', runtime_fraction: {default_value: {numerator}}})
    expect(routes(fraction(0), fraction(50), {prefix: '/'})).toEqual(['route 0 (r0) no'])
    expect(routes(fraction(100), {prefix: '/'})).toEqual(['route 1 (r1) no <- route 0 (r0)'])
  })

  it('in another case is reached, unless case is ignored', () => {
    expect(routes({prefix: '/a'}, {prefix: '/A'})).toEqual([])
    expect(routes({prefix: '/a', case_sensitive: false}, {prefix: '/A'})).toEqual(['route 1 (r1) no <- route 0 (r0)'])
  })

  it('behind a regular expression is undecided, unless a request is found or a plain route takes all', () => {
    const regex = (text: string) => ({safe_regex: {regex: text}})
    expect(routes(regex('/a.*'), {prefix: '/a/b'})).toEqual(['route 1 (r1) undecided <- route 0 (r0)'])
    expect(routes(regex('/b.*'), {prefix: '/a'}, regex('/a/\\d+'))).toEqual(['route 2 (r2) undecided <- route 1 (r1)'])
    expect(routes({path: '/a/1'}, regex('/a/[0-9]+'), regex('/(x|y)/.+'))).toEqual([])
  })
})

describe('a virtual host', () => {
  const host = (name: string, ...domains: string[]) => ({
    name,
    domains,
    routes: [{match: {prefix: '/'}, route: {cluster: 'c'}}],
  })

  it('that asks for a port is never found where ports are cut', () => {
    const hosts = [host('bare', 'a.com'), host('port', 'a.com:80')]
    expect(findings(envoyOf([chainOf(hosts)]))).toEqual([])
    expect(findings(envoyOf([chainOf(hosts, {}, {strip_any_host_port: true})]))).toEqual([
      'virtual host port no <- virtual host bare',
    ])
  })
})

describe('a filter chain', () => {
  const inspectors = {
    listener_filters: [
      {
        name: 'tls',
        typed_config: {'@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector'},
      },
    ],
  }
  const chain = (filter_chain_match: JsonObject) => chainOf([hostWith([{prefix: '/'}])], {filter_chain_match})

  it('that asks for TLS needs an inspector', () => {
    const chains = [chain({transport_protocol: 'tls'}), chain({})]
    expect(findings(envoyOf(chains))).toEqual(['filter chain 0 no'])
    expect(findings(envoyOf(chains, [], inspectors))).toEqual([])
  })

  it('that asks for a port the listener does not have is never reached', () => {
    expect(findings(envoyOf([chain({destination_port: 443}), chain({})]))).toEqual(['filter chain 0 no'])
  })

  it('loses to a chain with a more specific key on an earlier level', () => {
    const chains = [chain({server_names: ['a.com']}), chain({destination_port: 80})]
    expect(findings(envoyOf(chains, [], inspectors))).toEqual(['filter chain 0 no <- filter chain 1'])
  })
})
