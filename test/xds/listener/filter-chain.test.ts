import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {answer, ask, chain, envoyWith, extension, listener, tlsInspector} from './fixture.js'

const request = {dst: '10.0.0.1:80', src: '10.0.0.9:40000'}
const chosen = (chains: object[], over = {}, more = {}) =>
  answer(
    envoyWith([
      listener(
        'l',
        80,
        chains.map((each) => ({...each})),
        more,
      ),
    ]),
    {...request, ...over},
  )

describe('the choice of a filter chain', () => {
  it('says for each loser the first level that ruled it out', () => {
    const {steps} = chosen(
      [
        chain('port', {destination_port: 81}),
        chain('narrow', {prefix_ranges: [{address_prefix: '10.0.0.0', prefix_len: 24}]}),
        chain('wide', {prefix_ranges: [{address_prefix: '10.0.0.0', prefix_len: 8}]}),
      ],
      {},
    )
    expect(steps.at(-1)).toMatchObject({
      level: 'filter chain',
      decided: 'narrow',
      at: '$.configs[0].dynamic_listeners[0].active_state.listener.filter_chains[1]',
      because: [{field: 'prefix_ranges', want: '10.0.0.0/24', got: '10.0.0.1'}],
      passedOver: [
        {name: 'port', check: {field: 'destination_port', want: '81', got: '80', holds: 'no'}},
        {name: 'wide', check: {field: 'prefix_ranges', want: '10.0.0.0/8', holds: 'yes'}},
      ],
    })
  })

  it('is open where an explicit /0 stands beside chains that leave the range unset', () => {
    const branches = ask(
      envoyWith([
        listener('l', 80, [
          chain('zero', {prefix_ranges: [{address_prefix: '0.0.0.0', prefix_len: 0}]}),
          chain('unset'),
        ]),
      ]),
      request,
    )
    expect(branches.map(({filterChain, probability}) => [filterChain?.name, probability])).toEqual([
      ['zero', 0.5],
      ['unset', 0.5],
    ])
    expect(branches[0]?.assumptions[0]?.about).toMatch(/explicit \/0/)
  })

  it('is not open where a /0 stands alone, or a longer range fits', () => {
    const zero = {address_prefix: '0.0.0.0', prefix_len: 0}
    expect(chosen([chain('zero', {prefix_ranges: [zero]})]).filterChain?.name).toBe('zero')
    const eight = chain('eight', {prefix_ranges: [{address_prefix: '10.0.0.0', prefix_len: 8}]})
    expect(chosen([chain('zero', {prefix_ranges: [zero]}), chain('unset'), eight]).filterChain?.name).toBe('eight')
  })

  it('has a branch for each range where the source is not said', () => {
    const chains = [
      chain('inside', {source_prefix_ranges: [{address_prefix: '10.0.0.0', prefix_len: 8}]}),
      chain('any'),
    ]
    const branches = ask(envoyWith([listener('l', 80, chains)]), {dst: '10.0.0.1:80'})
    expect(branches.map(({filterChain}) => filterChain?.name)).toEqual(['inside', 'any'])
    expect(branches[0]?.assumptions).toMatchObject([{turn: '--src'}])
  })

  it('lower-cases server names of both sides', () => {
    const over = {tls: {sni: 'WWW.A.com'}}
    expect(
      chosen([chain('sni', {server_names: ['www.a.COM']})], over, {listener_filters: [tlsInspector]}).filterChain?.name,
    ).toBe('sni')
  })

  it('counts the default chain as -1, and names an unnamed chain by its position', () => {
    expect(chosen([chain('x', {destination_port: 1})], {}, {default_filter_chain: chain('d')}).filterChain).toEqual({
      name: 'd',
      index: -1,
    })
    expect(chosen([{filters: []}]).filterChain).toEqual({name: null, index: 0})
  })

  it('ignores where chains stand in the list', () => {
    const prefixes = [8, 16, 24, 32].map((prefix_len) => ({address_prefix: '10.0.0.1', prefix_len}))
    const all = [
      ...prefixes.map((prefix, index) => chain(`p${index}`, {prefix_ranges: [prefix]})),
      chain('port', {destination_port: 80, source_type: 'EXTERNAL'}),
      chain('local', {source_type: 'SAME_IP_OR_LOOPBACK'}),
      chain('any'),
    ]
    const shuffled = fc.shuffledSubarray(all, {minLength: all.length})
    fc.assert(
      fc.property(shuffled, fc.constantFrom('127.0.0.1:1', '10.9.9.9:1'), (chains, src) => {
        const name = chosen(chains, {src}).filterChain?.name
        expect(name).toBe(chosen(all, {src}).filterChain?.name)
      }),
      {numRuns: 50},
    )
  })

  it('gives probabilities that sum to 1', () => {
    const zero = [{address_prefix: '0.0.0.0', prefix_len: 0}]
    const parts = [
      chain('a', {prefix_ranges: zero}),
      chain('b', {prefix_ranges: zero, source_prefix_ranges: zero}),
      chain('c', {source_prefix_ranges: zero}),
      chain('d', {direct_source_prefix_ranges: zero}),
      chain('e'),
    ]
    fc.assert(
      fc.property(fc.subarray(parts), (chains) => {
        const branches = ask(envoyWith([listener('l', 80, chains)]), request)
        expect(branches.reduce((sum, {probability}) => sum + probability, 0)).toBeCloseTo(1)
      }),
    )
  })
})

describe('a filter_chain_matcher', () => {
  const action = (value: string) => ({action: {name: 'a', ...extension('google.protobuf.StringValue', {value})}})
  const input = extension('envoy.extensions.matching.common_inputs.network.v3.DestinationPortInput')

  it('says which key decided', () => {
    const filter_chain_matcher = {matcher_tree: {input, exact_match_map: {map: {'80': action('two')}}}}
    const {filterChain, steps} = chosen([chain('one'), chain('two')], {}, {filter_chain_matcher})
    expect(filterChain?.name).toBe('two')
    expect(steps.at(-1)?.because).toMatchObject([{field: 'DestinationPortInput', want: '80', got: '80'}])
  })

  it('takes what it cannot know not to match, as an assumption that can be turned', () => {
    const filterState = extension('envoy.extensions.matching.common_inputs.network.v3.FilterStateInput', {key: 'k'})
    const filter_chain_matcher = {
      matcher_list: {
        matchers: [
          {predicate: {single_predicate: {input: filterState, value_match: {exact: 'x'}}}, on_match: action('one')},
        ],
      },
      on_no_match: action('two'),
    }
    const envoy = envoyWith([listener('l', 80, [chain('one'), chain('two')], {filter_chain_matcher})])
    const {filterChain, assumptions} = answer(envoy, request)
    expect(filterChain?.name).toBe('two')
    expect(assumptions).toMatchObject([{assumed: 'does not match', turn: "--assume 'matcher:FilterStateInput=yes'"}])
    expect(answer(envoy, request, {'matcher:FilterStateInput': 'yes'}).filterChain?.name).toBe('one')
  })
})
