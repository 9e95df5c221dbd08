import {describe, expect, it} from 'vitest'
import {answer, chain, envoyWith, listener, originalDst, proxyProtocol, socketAddress, tlsInspector} from './fixture.js'

const found = (listeners: Parameters<typeof envoyWith>[0], request: Record<string, unknown>) =>
  answer(envoyWith(listeners), request).listener

const own = (name: string, ip: string, port: number, more = {}) =>
  listener(name, port, [chain(name)], {address: socketAddress(ip, port), ...more})

describe('a connection straight to a socket', () => {
  const listeners = [own('exact', '10.0.0.1', 80), own('any', '0.0.0.0', 80), own('v6', '::', 80)]

  it('is accepted by the exact address before the wildcard of its family', () => {
    expect(found(listeners, {dst: '10.0.0.1:80'})).toBe('exact')
    expect(found(listeners, {dst: '10.0.0.2:80'})).toBe('any')
    expect(found(listeners, {dst: '[fd00::1]:80'})).toBe('v6')
  })

  it('finds no listener on another port', () => {
    expect(answer(envoyWith(listeners), {dst: '10.0.0.1:81'}).outcome.kind).toBe('no-listener')
  })

  it('does not reach a listener without a socket', () => {
    const {outcome, steps} = answer(envoyWith([own('unbound', '0.0.0.0', 80, {bind_to_port: false})]), {
      dst: '10.0.0.1:80',
    })
    expect(outcome.kind).toBe('no-listener')
    expect(steps[0]?.passedOver).toMatchObject([{name: 'unbound', check: {field: 'bind_to_port', holds: 'no'}}])
  })

  it('over IPv4 reaches an IPv6 wildcard only where that is ipv4_compat', () => {
    const compat = own('compat', '::', 80, {address: socketAddress('::', 80, {ipv4_compat: true})})
    expect(found([compat], {dst: '10.0.0.1:80'})).toBe('compat')
    expect(answer(envoyWith([own('v6', '::', 80)]), {dst: '10.0.0.1:80'}).outcome.kind).toBe('no-listener')
    expect(found([compat, own('any', '0.0.0.0', 80)], {dst: '10.0.0.1:80'})).toBe('any')
  })

  it('reaches additional addresses, and never UDP', () => {
    const two = own('two', '10.0.0.1', 80, {additional_addresses: [{address: socketAddress('10.0.0.1', 81)}]})
    expect(found([two], {dst: '10.0.0.1:81'})).toBe('two')
    const udp = own('udp', '0.0.0.0', 53, {address: socketAddress('0.0.0.0', 53, {protocol: 'UDP'})})
    expect(answer(envoyWith([udp]), {dst: '10.0.0.1:53'}).outcome.kind).toBe('no-listener')
  })
})

describe('the hand-off to the listener of the original destination', () => {
  const virtualOutbound = own('virtualOutbound', '0.0.0.0', 15001, {
    use_original_dst: true,
  })
  const unbound = {bind_to_port: false}
  const mesh = [
    virtualOutbound,
    own('exact', '10.1.1.1', 80, unbound),
    own('wild', '0.0.0.0', 80, unbound),
    listener('closed', 443, [chain('none', {destination_port: 1})], unbound),
  ]
  const outbound = (dst: string) => answer(envoyWith(mesh), {direction: 'outbound', dst})

  it('goes to the exact address, else to the wildcard of the port, else stays', () => {
    expect(outbound('10.1.1.1:80').listener).toBe('exact')
    expect(outbound('10.1.1.2:80').listener).toBe('wild')
    expect(outbound('10.1.1.2:81').listener).toBe('virtualOutbound')
  })

  it('never comes back from a listener without a fitting chain', () => {
    expect(outbound('10.1.1.1:443')).toMatchObject({listener: 'closed', outcome: {kind: 'reset', responseFlags: 'NR'}})
  })

  it('says which listener was handed to, and what was passed over', () => {
    const step = outbound('10.1.1.2:80').steps.find(({level}) => level === 'hand-off')
    expect(step).toMatchObject({
      decided: 'wild',
      because: [{want: '0.0.0.0:80', got: '10.1.1.2:80'}],
      passedOver: [{name: 'exact', check: {want: '10.1.1.1:80', holds: 'no'}}],
    })
  })

  it('runs the filters of the target, once', () => {
    const target = own('target', '0.0.0.0', 80, {...unbound, listener_filters: [tlsInspector], use_original_dst: true})
    const {steps} = answer(envoyWith([virtualOutbound, target]), {direction: 'outbound', dst: '10.1.1.1:80'})
    expect(steps.map(({level}) => level)).toEqual([
      'listener',
      'listener filter',
      'hand-off',
      'listener filter',
      'listener filter',
      'filter chain',
    ])
  })

  it('restores the destination by use_original_dst alone, but after the listener’s own filters', () => {
    const silent = {direction: 'outbound', dst: '10.1.1.1:80', protocol: 'silent'}
    const entry = (continues: boolean) =>
      own('virtualOutbound', '0.0.0.0', 15001, {
        use_original_dst: true,
        listener_filters: [tlsInspector],
        continue_on_listener_filters_timeout: continues,
      })
    expect(answer(envoyWith([entry(true), own('exact', '10.1.1.1', 80, unbound)]), silent).listener).toBe(
      'virtualOutbound',
    )
  })

  it('is made for a PROXY header that names another address, not for one that names the same', () => {
    const entry = own('entry', '0.0.0.0', 80, {use_original_dst: true, listener_filters: [proxyProtocol()]})
    const target = own('target', '10.9.9.9', 90, unbound)
    const envoy = envoyWith([entry, target])
    const to = (dst: string) =>
      answer(envoy, {dst: '10.0.0.1:80', proxyProtocol: {src: '10.0.0.9:1', dst}, protocol: 'tcp'}).listener
    expect(to('10.9.9.9:90')).toBe('target')
    expect(to('10.0.0.1:80')).toBe('entry')
  })

  it('needs an entry listener', () => {
    expect(answer(envoyWith([own('any', '0.0.0.0', 80)]), {direction: 'outbound', dst: '10.1.1.1:80'})).toMatchObject({
      listener: null,
      outcome: {kind: 'no-listener'},
    })
  })

  it('is not made inbound, where virtualInbound keeps the connection with its restored destination', () => {
    const virtualInbound = listener('virtualInbound', 15006, [chain('app', {destination_port: 8080})], {
      listener_filters: [originalDst],
    })
    const {listener: name, filterChain} = answer(envoyWith([virtualInbound]), {
      direction: 'inbound',
      dst: '10.0.0.5:8080',
    })
    expect([name, filterChain?.name]).toEqual(['virtualInbound', 'app'])
  })
})
