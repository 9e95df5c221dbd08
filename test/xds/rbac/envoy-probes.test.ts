import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {root} from '../../setup/run-bin.js'
import {staticCluster} from '../clusters/fixture.js'
import {answer, envoyWith, socketAddress} from '../listener/fixture.js'

/** A listener, requests made to it, and what Envoy 1.40 answered. */
interface Probe {
  name: string
  listener: JsonObject
  requests: (JsonObject & {status: number; details: string; shadow: Record<string, string> | null})[]
}

const probes: Probe[] = JSON.parse(readFileSync(join(root, 'test/fixtures/xds/envoy-rbac-probes.json'), 'utf8'))

/** What each probe shows, by its name. */
const shows: Record<string, string> = {
  two_rbac_filters_and_names: 'every filter has to let pass; the first denial wins',
  rbac_log: 'LOG never denies',
  rbac_norules: 'a filter without rules lets all pass',
  rbac_allow_empty_policies: 'ALLOW without policies denies all',
  rbac_deny_empty_policies: 'DENY without policies denies nothing',
  rbac_policy_order: 'policies are tried in byte order of their names',
  rbac_shadow: 'shadow rules record a denial and let pass',
  rbac_shadow_log: 'shadow rules are judged beside enforced ones that deny',
  rbac_urlpath: 'url_path sees no query, and nothing is decoded, folded or merged for it',
  rbac_urlpath_normalised: 'url_path sees the path that the connection manager normalised',
  rbac_header_path_vs_urlpath: 'a :path header rule sees the query, url_path does not',
  rbac_after_rewrite: 'rules see the path before the router rewrites it',
  rbac_ips_use_remote_True: 'an edge takes the peer for the remote address',
  rbac_ips_use_remote_False: 'remote_ip follows x-forwarded-for, direct_remote_ip does not',
  rbac_authenticated_tls: 'a principal is any URI SAN, any DNS SAN, or the subject',
  rbac_authenticated_plain: 'plaintext is never authenticated',
  rbac_not_on_missing_header: 'not_rule holds for a missing header',
  rbac_invert_on_missing_header: 'invert_match does not hold for a missing header',
  rbac_grpc_status: 'gRPC is denied with HTTP 200',
  rbac_matcher_default_deny: 'a matcher without result denies',
  multi_in_rbac: 'repeated headers are matched one by one',
}

const upstream = staticCluster('c0', [{lb_endpoints: [{endpoint: {address: socketAddress('127.0.0.1', 1)}}]}])

describe('RBAC in HTTP judges as a running Envoy did', () => {
  it.each(probes.map((probe) => [shows[probe.name] ?? probe.name, probe] as const))('%s', (_, probe) => {
    const envoy = envoyWith([probe.listener], [upstream])
    for (const {status, details, shadow, ...request} of probe.requests) {
      const {outcome, notes} = answer(envoy, request)
      const expected =
        details === 'via_upstream'
          ? {kind: 'forwarded', status: null, details: null}
          : {kind: 'responded', status, details}
      expect(outcome).toMatchObject(expected)
      const policy = Object.entries(shadow ?? {}).find(([key]) => key.endsWith('shadow_effective_policy_id'))?.[1]
      const said = notes.filter(({kind}) => kind === 'shadow rbac').map(({text}) => text)
      if (policy !== undefined) expect(said.join()).toContain(policy)
    }
  })
})
