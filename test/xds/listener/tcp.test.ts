import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {answer, ask, chain, envoyWith, extension, listener, socketAddress, tlsInspector} from './fixture.js'

const network = 'envoy.extensions.filters.network'
const tcpProxy = (config: JsonObject) => extension(`${network}.tcp_proxy.v3.TcpProxy`, config)

const cluster = (name: string, address: JsonObject = socketAddress('10.9.9.9', 80)): JsonObject => ({
  name,
  type: 'STATIC',
  load_assignment: {cluster_name: name, endpoints: [{lb_endpoints: [{endpoint: {address}}]}]},
})
const clusters = ['a', 'b', 'www.a.com'].map((name) => cluster(name))
const request = {dst: '10.0.0.1:80', src: '10.0.0.9:40000'}
const withFilters = (filters: JsonObject[], more: JsonObject = {}, listeners: JsonObject[] = []) =>
  envoyWith([listener('l', 80, [chain('c', {}, {filters})], more), ...listeners], clusters)

describe('network filters', () => {
  it('proxy TCP to the cluster', () => {
    expect(answer(withFilters([tcpProxy({cluster: 'a'})]), request)).toMatchObject({
      cluster: 'a',
      endpoints: [{address: '10.9.9.9:80', probability: 1}],
      outcome: {kind: 'forwarded'},
      upstream: {protocol: 'tcp', http: null, tls: null},
    })
  })

  it('proxy TCP to weighted clusters by their shares', () => {
    const weighted_clusters = {
      clusters: [
        {name: 'a', weight: 1},
        {name: 'none', weight: 0},
        {name: 'b', weight: 3},
      ],
    }
    const branches = ask(withFilters([tcpProxy({weighted_clusters})]), request)
    expect(branches.map(({cluster: name, probability}) => [name, probability])).toEqual([
      ['a', 0.25],
      ['b', 0.75],
    ])
  })

  it('take the SNI for the cluster’s name after sni_cluster', () => {
    const filters = [extension(`${network}.sni_cluster.v3.SniCluster`), tcpProxy({cluster: 'a'})]
    const envoy = withFilters(filters, {listener_filters: [tlsInspector]})
    expect(answer(envoy, {...request, tls: {sni: 'www.a.com'}})).toMatchObject({
      cluster: 'www.a.com',
      upstream: {tls: {sni: 'www.a.com'}},
    })
    expect(answer(envoy, request).cluster).toBe('a')
  })

  it('close the connection with NC where the cluster is missing', () => {
    expect(answer(withFilters([tcpProxy({cluster: 'nosuch'})]), request)).toMatchObject({
      cluster: 'nosuch',
      outcome: {kind: 'reset', responseFlags: 'NC'},
      upstream: null,
    })
  })

  it('that ask a service allow, unless the asker supposes that they deny', () => {
    const envoy = withFilters([extension(`${network}.ext_authz.v3.ExtAuthz`), tcpProxy({cluster: 'a'})])
    expect(answer(envoy, request)).toMatchObject({outcome: {kind: 'forwarded'}, assumptions: [{assumed: 'allows'}]})
    expect(answer(envoy, request, {ext_authz: 'deny'}).outcome).toMatchObject({kind: 'reset', responseFlags: 'UAEX'})
  })

  it('that are not modelled let the connection pass; one that speaks its own protocol ends in the unknown', () => {
    expect(answer(withFilters([extension('acme.Filter'), tcpProxy({cluster: 'a'})]), request)).toMatchObject({
      cluster: 'a',
      assumptions: [{about: 'network filter acme.Filter (acme.Filter)'}],
    })
    const redis = withFilters([extension(`${network}.redis_proxy.v3.RedisProxy`)])
    expect(answer(redis, request)).toMatchObject({outcome: {kind: 'unknown'}, notes: [{kind: 'unmodelled'}]})
  })

  it('judge RBAC at the first byte: a silent client is not denied', () => {
    const envoy = withFilters([extension(`${network}.rbac.v3.RBAC`, {rules: {}}), tcpProxy({cluster: 'a'})])
    expect(answer(envoy, request).outcome).toMatchObject({
      kind: 'reset',
      details: 'rbac_access_denied_matched_policy[none]',
    })
    expect(answer(envoy, {...request, protocol: 'silent'})).toMatchObject({
      outcome: {kind: 'forwarded'},
      notes: [{kind: 'rbac'}],
    })
  })

  it('answer bytes that are no HTTP with 400 where HTTP is expected', () => {
    const manager = extension(`${network}.http_connection_manager.v3.HttpConnectionManager`, {route_config: {}})
    expect(answer(withFilters([manager]), request).outcome).toMatchObject({
      kind: 'responded',
      status: 400,
      responseFlags: 'DPE',
    })
    expect(answer(withFilters([manager]), {...request, protocol: 'http1'}).outcome.kind).toBe('unknown')
  })
})

describe('what an answer says beside the decision', () => {
  it('is that the connection goes on at an internal listener', () => {
    const address = {envoy_internal_address: {server_listener_name: 'inner', endpoint_id: 'x'}}
    const inner = {name: 'inner', internal_listener: {}, filter_chains: [chain('i')]}
    const outer = listener('l', 80, [chain('c', {}, {filters: [tcpProxy({cluster: 'int'})]})])
    const notes = (listeners: JsonObject[]) => answer(envoyWith(listeners, [cluster('int', address)]), request).notes
    expect(notes([outer, inner])).toMatchObject([
      {kind: 'internal listener', text: 'goes on at internal listener inner'},
    ])
    expect(notes([outer])).toMatchObject([{text: 'there is none for envoy://inner/x: the connection fails (UF)'}])
  })

  it('is the state of a server that is not live', () => {
    const envoy = {...withFilters([tcpProxy({cluster: 'a'})]), state: {serverInfo: {state: 'DRAINING'}}}
    expect(answer(envoy, request).notes).toMatchObject([{kind: 'server state', text: 'DRAINING'}])
  })

  it('is the source address and mark of original_src', () => {
    const source = extension('envoy.extensions.filters.listener.original_src.v3.OriginalSrc', {mark: 1337})
    const envoy = withFilters([tcpProxy({cluster: 'a'})], {listener_filters: [source]})
    expect(answer(envoy, request).upstream).toMatchObject({sourceAddress: '10.0.0.9', mark: 1337})
  })
})
