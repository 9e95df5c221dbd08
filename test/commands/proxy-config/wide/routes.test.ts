import {describe, expect, it} from 'vitest'
import {sidetrace} from '../../../setup/run-bin.js'
import {any, dump, rowsOf, rowsOfSection} from './rows.js'

describe('wide routes', () => {
  const routes = (...list: object[]) =>
    rowsOfSection('route', 'RoutesConfigDump', {
      static_route_configs: [
        {route_config: {name: 'r', virtual_hosts: [{name: 'v', domains: ['a', 'b:80', 'c'], routes: list}]}},
      ],
    }).map((row) => row.replace(/^r v a, b:80, c - /, ''))
  const all = {match: {prefix: '/'}}

  it('of the sample show what leads to PassthroughCluster, with all domains', () => {
    expect(rowsOf(['route', '-f', dump, '--name', '9080']).at(-1)).toBe(
      '9080 allow_any * allow_any /* PassthroughCluster',
    )
    expect(sidetrace(['pc', 'route', '-f', dump, '--name', '9080']).stdout).not.toContain('allow_any')
  })

  it('show every condition', () => {
    const header = (name: string, string_match: object, more: object = {}) => ({name, string_match, ...more})
    expect(
      routes(
        {
          match: {
            path: '/x',
            case_sensitive: false,
            headers: [
              header(':method', {exact: 'POST'}),
              header('a', {prefix: 'p', ignore_case: true}),
              header('b', {safe_regex: {regex: 'r.*'}}, {invert_match: true}),
              {name: 'c', present_match: false},
              {name: 'd', range_match: {start: '1', end: '9'}},
              header('e', {custom: {name: 'mine'}}),
            ],
            query_parameters: [
              {name: 'q', string_match: {suffix: 's'}},
              {name: 'f', present_match: true},
            ],
            runtime_fraction: {default_value: {numerator: 5, denominator: 'TEN_THOUSAND'}},
          },
          route: {cluster: 'k'},
        },
        {match: {safe_regex: {regex: '/y+'}}, route: {cluster: 'k'}},
        {match: {connect_matcher: {}}, route: {cluster: 'k'}},
      ),
    ).toEqual([
      '/x (any case); method POST; a^=p (any case); not b~r.*; c absent; d in 1..9; e as an extension says; ?q$=s; ?f present; ' +
        '0.05% of requests k',
      'regex /y+ k',
      'CONNECT k',
    ])
  })

  it('show weights, rewrites, time-outs, retries and mirrors', () => {
    const weighted = {
      clusters: [
        {name: 'a', weight: 1},
        {name: 'b', weight: 2},
      ],
    }
    expect(
      routes(
        {
          ...all,
          route: {
            weighted_clusters: weighted,
            prefix_rewrite: '/n',
            host_rewrite_literal: 'h',
            timeout: '5s',
            retry_policy: {num_retries: 3, retry_on: '5xx'},
            request_mirror_policies: [
              {cluster: 'm'},
              {cluster: 'n', runtime_fraction: {default_value: {numerator: 10}}},
            ],
          },
        },
        {
          ...all,
          route: {
            cluster_header: 'x-c',
            regex_rewrite: {pattern: {regex: '^/a'}, substitution: '/b'},
            host_rewrite_header: 'x-h',
          },
        },
        {...all, route: {cluster: 'k', auto_host_rewrite: true}},
      ),
    ).toEqual([
      '/* 33.33% a, 66.67% b; path becomes /n; host becomes h; timeout 5s; 3 retries on 5xx; mirrored to m; 10% mirrored to n',
      '/* the cluster in header x-c; path becomes /b where regex ^/a; host becomes that of header x-h',
      '/* k; host becomes the endpoint’s name',
    ])
  })

  it('show answers of the proxy itself', () => {
    expect(
      routes(
        {...all, redirect: {https_redirect: true, host_redirect: 'o', port_redirect: 8443, response_code: 'FOUND'}},
        {...all, redirect: {regex_rewrite: {pattern: {regex: 'x'}, substitution: 'y'}}},
        {...all, direct_response: {status: 418}},
        {...all, non_forwarding_action: {}},
      ),
    ).toEqual([
      '/* redirect https://o:8443 (FOUND)',
      '/* redirect y where regex x (MOVED_PERMANENTLY)',
      '/* responds 418',
      '/* not forwarded',
    ])
  })

  it('show faults by the type of their configuration, with their true share', () => {
    const fault = (more: object) => any('envoy.extensions.filters.http.fault.v3.HTTPFault', more)
    const abort = fault({abort: {http_status: 503, percentage: {numerator: 5, denominator: 'TEN_THOUSAND'}}})
    const delay = fault({delay: {fixed_delay: '2s', percentage: {numerator: 500_000, denominator: 'MILLION'}}})
    const grpc = fault({abort: {grpc_status: 14, percentage: {numerator: 100}}})
    const wrapped = (config: object, more: object = {}) => any('envoy.config.route.v3.FilterConfig', {config, ...more})
    const route = (config: object) => ({...all, route: {cluster: 'k'}, typed_per_filter_config: {mine: config}})
    expect(routes(route(abort), route(wrapped(delay)), route(wrapped(delay, {disabled: true})), route(grpc))).toEqual([
      '/* k; fault: 0.05% aborted with 503',
      '/* k; fault: 50% delayed by 2s',
      '/* k',
      '/* k; fault: 100% aborted with gRPC status 14',
    ])
  })
})
