import {describe, expect, it} from 'vitest'
import {ask, filter, manager, only, router} from './manager.js'

const routes = [
  {name: 'api', match: {prefix: '/api'}, route: {cluster: 'api'}},
  {
    name: 'jason',
    match: {prefix: '/', headers: [{name: 'end-user', string_match: {exact: 'jason'}}]},
    route: {cluster: 'v2'},
  },
  {name: 'rest', match: {prefix: '/'}, route: {cluster: 'v1'}},
  {name: 'late', match: {path: '/'}, route: {cluster: 'never'}},
]

describe('the reasons of a verdict', () => {
  it('name the route that won, why, and the first thing that ruled out each other one', () => {
    const {steps} = only(ask(manager(routes), {headers: [['end-user', 'mary']]}))
    expect(steps.find(({level}) => level === 'route')).toEqual({
      at: '$.manager.route_config.virtual_hosts[0].routes[2]',
      level: 'route',
      decided: 'rest',
      because: [{field: 'path', want: 'prefix /', got: '/', holds: 'yes'}],
      passedOver: [
        {
          at: '$.manager.route_config.virtual_hosts[0].routes[0]',
          name: 'api',
          check: {field: 'path', want: 'prefix /api', got: '/', holds: 'no'},
        },
        {
          at: '$.manager.route_config.virtual_hosts[0].routes[1]',
          name: 'jason',
          check: {field: 'header end-user', want: 'exact jason', got: 'mary', holds: 'no'},
        },
        // It fits, and came too late.
        {
          at: '$.manager.route_config.virtual_hosts[0].routes[3]',
          name: 'late',
          check: {field: 'path', want: 'exact /', got: '/', holds: 'yes'},
        },
      ],
    })
  })

  it('tell the virtual host’s domain and what was not close enough', () => {
    const raw = {
      route_config: {
        name: 'table',
        virtual_hosts: [
          {name: 'any', domains: ['*'], routes},
          {name: 'wild', domains: ['*.a.com'], routes},
          {name: 'other', domains: ['b.org'], routes},
        ],
      },
      http_filters: [router],
    }
    const step = only(ask(raw, {authority: 'x.a.com'})).steps.find(({level}) => level === 'virtual host')
    expect(step).toMatchObject({
      decided: 'wild',
      because: [{want: '*.a.com', got: 'x.a.com', holds: 'yes'}],
      passedOver: [
        {name: 'any', check: {want: 'a closer domain than *.a.com', got: '*', holds: 'no'}},
        {name: 'other', check: {want: 'b.org', got: 'x.a.com', holds: 'no'}},
      ],
    })
  })

  it('have one step for each HTTP filter, in order', () => {
    const deny = {
      action: 'DENY',
      policies: {admin: {permissions: [{url_path: {path: {prefix: '/'}}}], principals: [{any: true}]}},
    }
    const raw = manager(routes, {
      http_filters: [
        filter('stats', 'grpc_stats.v3.FilterConfig'),
        filter('rbac', 'rbac.v3.RBAC', {rules: deny}),
        router,
      ],
    })
    const verdict = only(ask(raw))
    expect(verdict.outcome).toEqual({
      kind: 'responded',
      status: 403,
      responseFlags: '-',
      details: 'rbac_access_denied_matched_policy[admin]',
    })
    const filters = verdict.steps.filter(({level}) => level === 'http filter')
    expect(filters.map(({at, decided}) => [at, decided])).toEqual([
      ['$.manager.http_filters[0].typed_config', 'stats: goes on'],
      ['$.manager.http_filters[1].typed_config.rules.policies.admin', 'rbac: denied by admin'],
    ])
  })

  it('are left out, with the same verdict, where nobody wants them', () => {
    const [loud, quiet] = [true, false].map((explain) => only(ask(manager(routes), {path: '/api/x'}, {}, explain)))
    expect(quiet?.steps).toEqual([])
    expect({...quiet, steps: []}).toEqual({...loud, steps: []})
  })
})
