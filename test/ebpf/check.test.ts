import {describe, expect, it} from 'vitest'
import {parseNetwork} from '../../src/address/network.js'
import {checkInterception, type PodOnNode} from '../../src/ebpf/check/check-interception.js'
import type {PlacedEbpfFinding} from '../../src/ebpf/check/finding.js'
import type {Interception, PodConfig} from '../../src/ebpf/interception.js'
import {recordedInterception} from './lab.js'

const codesOf = (findings: readonly PlacedEbpfFinding[]) => [
  ...new Set(findings.map(({code, severity}) => `${code} ${severity}`)),
]

const podB = (hooks: Interception): PodOnNode => ({
  name: 'lab/b',
  ips: ['10.244.1.11'],
  inMesh: true,
  asked: null,
  listens: [{address: '0.0.0.0', port: 15001}],
  natRules: true,
  tcInbound: false,
  cgroups: hooks.cgroups.filter(({path}) => path.includes('/pod-b-')),
})

const nothing: PodConfig = {
  statusPort: 15021,
  excludeOutRanges: [],
  includeOutRanges: [],
  includeInPorts: [],
  includeOutPorts: [],
  excludeInPorts: [],
  excludeOutPorts: [],
}

const withPod = (hooks: Interception, config: Partial<PodConfig>): Interception => ({
  ...hooks,
  content: {...hooks.content, pods: new Map([['10.244.1.11', {...nothing, ...config}]])},
})

describe('what is wrong with recorded programs', () => {
  const known = recordedInterception('plain/03')

  it('is only what cannot be seen, where every pod address is known', () => {
    // The one container that is kept out is of a pod without a sidecar: nobody said so here.
    expect(codesOf(checkInterception(known))).toEqual(['ST-EBPF-001 info', 'ST-EBPF-006 info'])
  })

  it('is a container that was looked at before its sidecar listened: an error where its pod is in the mesh', () => {
    const poisoned = recordedInterception('use-reconnect/03', 'use-reconnect/02a')
    const kept = checkInterception(poisoned, [podB(poisoned)]).filter(({finding}) => finding.kind === 'kept-out')
    expect(kept.filter(({severity}) => severity === 'error').map(({finding}) => finding)).toMatchObject([
      {pod: 'lab/b', path: expect.stringContaining('pod-b-proxy')},
      {pod: 'lab/b', path: expect.stringContaining('pod-b-app')},
    ])
  })

  it('is a pod address that is not known, and with USE_RECONNECT the first failure', () => {
    expect(codesOf(checkInterception(recordedInterception('plain/03', 'plain/02')))).toContain('ST-EBPF-002 warning')
    expect(codesOf(checkInterception(recordedInterception('plain/03', 'plain/02')))).not.toContain(
      'ST-EBPF-004 warning',
    )
    const reconnecting = recordedInterception('use-reconnect/03', 'use-reconnect/02')
    expect(codesOf(checkInterception(reconnecting))).toContain('ST-EBPF-004 warning')
  })

  it('is the bind hook with a mark map of its own, in CNI mode', () => {
    const found = checkInterception(recordedInterception('cni-tc/06'))
    expect(found[0]).toMatchObject({code: 'ST-EBPF-003', finding: {bind: [692], connect: [650]}})
  })

  it('is an IPv6 socket of the sidecar, NAT rules that remain, and what nothing takes in', () => {
    const pod = podB(known)
    const of = (more: Partial<PodOnNode>) => codesOf(checkInterception(known, [{...pod, ...more}]))
    expect(of({})).toContain('ST-EBPF-012 info')
    expect(of({natRules: false})).toContain('ST-EBPF-013 error')
    expect(of({natRules: false, tcInbound: true})).not.toContain('ST-EBPF-013 error')
    expect(of({listens: [{address: '*', port: 15006, process: 'mosn'}]})).toContain('ST-EBPF-005 warning')
    expect(of({ips: ['fd00::1']})).toContain('ST-EBPF-014 warning')
  })

  it('is a part that is not loaded, or not attached', () => {
    const without = {...known, programs: known.programs.filter(({role}) => role !== 'getsockopt')}
    expect(codesOf(checkInterception(without))).toContain('ST-EBPF-008 error')
    const loose = {...known, programs: known.programs.map((program) => ({...program, attachments: []}))}
    expect(checkInterception(loose).filter(({finding}) => finding.kind === 'not-attached').length).toBe(6)
  })

  it('is a list that is full, ports and ranges that must both fit, and lists that are not the annotations’', () => {
    const full = withPod(known, {excludeOutPorts: Array.from({length: 20}, (_, index) => 1000 + index)})
    expect(codesOf(checkInterception(full))).toContain('ST-EBPF-009 warning')
    const both = withPod(known, {
      includeOutPorts: [80],
      includeOutRanges: [parseNetwork('10.0.0.0/8')].filter((one) => one !== null),
    })
    expect(codesOf(checkInterception(both))).toContain('ST-EBPF-010 warning')
    const asked = {...podB(known), asked: {...nothing, excludeOutPorts: [9999]}}
    expect(codesOf(checkInterception(withPod(known, {}), [asked]))).toContain('ST-EBPF-011 warning')
    expect(codesOf(checkInterception(withPod(known, {excludeOutPorts: [9999]}), [asked]))).not.toContain(
      'ST-EBPF-011 warning',
    )
  })

  it('is nothing of programs that are no interceptor', () => {
    const cilium = known.programs.map((program) => ({...program, role: null}))
    expect(codesOf(checkInterception({...known, programs: cilium}))).toEqual(['ST-EBPF-015 info'])
  })
})
