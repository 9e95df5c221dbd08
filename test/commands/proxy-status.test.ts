import {describe, expect, it} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'

const mixed = ['--from', 'test/fixtures/proxy-status/mixed']

/** The table's cells, by pod. */
function rowsOf(text: string): Map<string, string[]> {
  const rows = text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/))
  return new Map(rows.map(([pod = '', ...cells]) => [pod, cells]))
}

describe('proxy-status', () => {
  it('shows version, age, counts and how each proxy stands', () => {
    const {exit, stdout, stderr} = sidetrace(['proxy-status', ...mixed])
    expect([exit, stderr]).toEqual([0, ''])
    const rows = rowsOf(stdout)
    const plain = ['1.29.1', '1.37.0', '2h', '1', '2', '1', '3']
    expect(rows.get('default/current')).toEqual([...plain, 'synced'])
    expect(rows.get('default/lagging')).toEqual([...plain, 'STALE: listeners 119m, clusters 119m, routes 119m behind'])
    expect(rows.get('default/other-plane')).toEqual([...plain, 'synced'])
    expect(rows.get('default/refuses')).toEqual([...plain, 'REJECTED: listeners 0.0.0.0_8080'])
    expect(rows.get('default/waits')).toEqual([...plain, 'warming: clusters outbound|443||b.default.svc.cluster.local'])
    expect(rows.get('default/unmanaged')).toEqual([...plain, 'static'])
    expect(rows.get('default/lost')).toEqual([
      ...Array.from({length: 7}, () => '-'),
      'UNREACHABLE: the snapshot does not hold its configuration',
    ])
    expect(rows.has('default/plain')).toBe(false)
  })

  it('tells why a resource was rejected, and who is ahead', () => {
    const document = JSON.parse(sidetrace(['ps', ...mixed, '-o', 'json']).stdout)
    const proxy = (pod: string) => document.proxies.find((one: {pod: string}) => one.pod === `default/${pod}`)
    expect(proxy('refuses').rejected).toEqual([
      {
        kind: 'listeners',
        name: '0.0.0.0_8080',
        details: "error adding listener '0.0.0.0_8080': filter chain 'b' has the same matching rules defined as 'a'",
        at: '2026-05-01T10:00:03.000Z',
        version: '2026-05-01T09:59:58Z/41',
      },
    ])
    expect(proxy('lagging').behind[0]).toMatchObject({newest: '2026-05-01T09:59:58Z/41', seconds: 7198})
    expect(proxy('lost')).toEqual({
      pod: 'default/lost',
      reached: false,
      reason: 'the snapshot does not hold its configuration',
    })
  })

  it('shows one pod, or those of a namespace', () => {
    expect([...rowsOf(sidetrace(['ps', 'current', ...mixed]).stdout).keys()]).toEqual(['default/current'])
    const gateways = sidetrace(['ps', '--from', 'sample', '-n', 'istio-system']).stdout
    expect([...rowsOf(gateways).keys()]).toEqual([expect.stringMatching(/^istio-system\/istio-ingressgateway-/)])
  })

  it('needs a kubeconfig for a running cluster', () => {
    const {exit, stdout, stderr} = sidetrace(['ps'])
    expect([exit, stdout]).toEqual([69, ''])
    expect(stderr).toMatch(/^Error: KUBECONFIG=\/nonexistent: no kubeconfig was found\. Pass --kubeconfig FILE.*\n$/)
  })
})
