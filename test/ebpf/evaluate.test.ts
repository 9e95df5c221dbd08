import {assert, constantFrom, integer, property, record, uniqueArray} from 'fast-check'
import {describe, expect, it} from 'vitest'
import {parseIpAddress} from '../../src/address/ip-address.js'
import {inNetwork, type Network, parseNetwork} from '../../src/address/network.js'
import type {Actor} from '../../src/ebpf/evaluate/actor.js'
import {connectTcp} from '../../src/ebpf/evaluate/connect.js'
import {effectiveProgram} from '../../src/ebpf/evaluate/programs.js'
import {originalDestination} from '../../src/ebpf/evaluate/socket.js'
import {capturedState, type HookState} from '../../src/ebpf/evaluate/state.js'
import {tcEgress, tcIngress} from '../../src/ebpf/evaluate/tc.js'
import {idealInterception} from '../../src/ebpf/ideal.js'
import type {Interception, Membership, PodConfig} from '../../src/ebpf/interception.js'
import {pairKey, readPodConfig} from '../../src/ebpf/parse/content.js'

const nothing: PodConfig = {
  statusPort: 15021,
  excludeOutRanges: [],
  includeOutRanges: [],
  includeInPorts: [],
  includeOutPorts: [],
  excludeInPorts: [],
  excludeOutPorts: [],
}

const networks = (...texts: string[]): Network[] => texts.flatMap((text) => parseNetwork(text) ?? [])

const node = (config: Partial<PodConfig> = {}): Interception =>
  idealInterception([{name: 'default/web', ip: '10.0.0.1', config: {...nothing, ...config}}], true)

const app: Actor = {cgroup: 1000, cgroupPath: null, pid: null, uid: 1000, podIp: '10.0.0.1', listens: []}
const connect = (hooks: Interception, ip: string, port: number, actor = app, state = capturedState(hooks)) =>
  connectTcp(hooks, state, {actor, cookie: 'c', destination: {ip, port}}, 'connect4')

describe('a connect hook', () => {
  it('takes what fits both the ports and the ranges that are included, where Istio takes either', () => {
    const hooks = node({includeOutPorts: [80], includeOutRanges: networks('10.1.0.0/16')})
    expect(connect(hooks, '10.1.0.9', 80).redirected).toBe(true)
    expect(connect(hooks, '10.1.0.9', 81).redirected).toBe(false)
    expect(connect(hooks, '10.2.0.9', 80).redirected).toBe(false)
  })

  it('notes what an app asked for before it looks at exclusions', () => {
    const left = connect(node({excludeOutPorts: [9000]}), '10.1.0.9', 9000)
    expect([left.redirected, left.noted?.destination, left.state.originals.size]).toEqual([
      false,
      {ip: '10.1.0.9', port: 9000},
      1,
    ])
  })

  it('redirects exactly what no exclusion has and every inclusion has', () => {
    const ports = uniqueArray(integer({min: 1, max: 6}), {maxLength: 3})
    const ranges = uniqueArray(constantFrom('10.1.0.0/16', '10.0.0.0/8', '10.2.3.0/24'), {maxLength: 2})
    const drawn = record({
      excludePorts: ports,
      includePorts: ports,
      excludeRanges: ranges,
      includeRanges: ranges,
      port: integer({min: 1, max: 6}),
      ip: constantFrom('10.1.2.3', '10.2.3.4', '192.168.0.1'),
    })
    assert(
      property(drawn, ({excludePorts, includePorts, excludeRanges, includeRanges, port, ip}) => {
        const hooks = node({
          excludeOutPorts: excludePorts,
          includeOutPorts: includePorts,
          excludeOutRanges: networks(...excludeRanges),
          includeOutRanges: networks(...includeRanges),
        })
        const address = parseIpAddress(ip)
        const has = (list: string[]) => networks(...list).some((range) => address !== null && inNetwork(range, address))
        const expected =
          !excludePorts.includes(port) &&
          !has(excludeRanges) &&
          (includePorts.length === 0 || includePorts.includes(port)) &&
          (includeRanges.length === 0 || has(includeRanges))
        const {redirected, destination} = connect(hooks, ip, port)
        return redirected === expected && (redirected ? destination?.port === 15_001 : destination?.ip === ip)
      }),
    )
  })

  it('says the container first: one that is not in the mesh is left alone whoever calls', () => {
    const hooks = node()
    const memberships = new Map([[1000, {inMesh: false, ip: null, flags: 0, detected: 0}]])
    const {steps, redirected} = connect(hooks, '10.1.0.9', 80, app, {...capturedState(hooks), memberships})
    expect([redirected, steps[0]?.because[0]?.field]).toEqual([false, 'cgroup_info_map in_mesh'])
  })

  it('refuses a second note under one cookie', () => {
    const hooks = node()
    const sidecar: Actor = {...app, cgroup: 1001, uid: 1337}
    const first = connect(hooks, '10.0.0.1', 80, sidecar)
    expect(connect(hooks, '10.0.0.1', 80, sidecar, first.state).destination).toBeNull()
  })
})

describe('a connect hook in ambient mode', () => {
  const member = (flags: number): Membership => ({inMesh: true, ip: '10.0.0.1', flags, detected: 5})
  const under = (flags: number, ztunnel: string | null) => {
    const hooks = node()
    const settled: Interception = {...hooks, content: {...hooks.content, ztunnel}}
    const state: HookState = {...capturedState(settled), memberships: new Map([[1000, member(flags)]])}
    return connect(settled, '10.1.0.9', 80, app, state)
  }

  it('sends everything to the ztunnel, from the pod’s address', () => {
    expect(under(1, '10.0.0.250')).toMatchObject({
      destination: {ip: '10.0.0.250', port: 15001},
      bound: '10.0.0.1',
      redirected: true,
    })
  })
  it('refuses connections while there is no ztunnel', () => {
    expect(under(1, null).destination).toBeNull()
  })
  it('notes the ztunnel’s own alone', () => {
    expect(under(1 | 4, '10.0.0.250')).toMatchObject({
      destination: {ip: '10.1.0.9'},
      redirected: false,
      noted: {destination: {port: 80}},
    })
  })
})

describe('the answer for SO_ORIGINAL_DST', () => {
  const [local, remote] = [
    {ip: '127.0.0.1', port: 15001},
    {ip: '10.0.0.1', port: 40000},
  ]
  const noted = {destination: {ip: '10.1.0.9', port: 80}, pid: 0, flags: 1}
  const state: HookState = {
    ...capturedState(node()),
    pairs: new Map([[pairKey({local: remote, remote: local}), noted]]),
  }
  const ask = (family: 4 | 6, room: number) =>
    originalDestination(state, {local, remote, family, room}, 'getsockopt').original

  it('needs room for an IPv6 address on an IPv6 socket: a Go listener on any address has not enough', () => {
    // As MOSN behind Merbridge: 502 on a listener of any address, right on 127.0.0.1.
    expect([ask(6, 20), ask(4, 16), ask(6, 28)]).toEqual([null, noted.destination, noted.destination])
  })
})

describe('tc on a pod’s interface', () => {
  const hooks = node({excludeInPorts: [8081], includeInPorts: []})
  const come = (port: number, syn = true, state = capturedState(hooks)) =>
    tcIngress(hooks, state, {src: {ip: '10.9.0.1', port: 5000}, dst: {ip: '10.0.0.1', port}, syn}, 'tc')

  it('sends new connections to the inbound port, but for the sidecar’s own, the status port and exclusions', () => {
    expect([8080, 15006, 15021, 8081].map((port) => come(port).redirected)).toEqual([true, false, false, false])
  })

  it('takes later packets by the note of the first, answers from the port that was asked for, and forgets it at the end', () => {
    const first = come(8080)
    expect(come(8080, false).redirected).toBe(false)
    expect(come(8080, false, first.state).segment.dst.port).toBe(15006)
    const answer = {src: {ip: '10.0.0.1', port: 15006}, dst: {ip: '10.9.0.1', port: 5000}, syn: false}
    expect(tcEgress(hooks, first.state, answer, 'tc').segment.src.port).toBe(8080)
    const last = tcEgress(hooks, first.state, {...answer, fin: true}, 'tc')
    expect(last.state.pairs.size).toBe(0)
  })

  it('leaves other pods’ packets alone', () => {
    const segment = {src: {ip: '10.9.0.1', port: 5000}, dst: {ip: '10.0.0.2', port: 80}, syn: true}
    expect(tcIngress(hooks, capturedState(hooks), segment, 'tc').redirected).toBe(false)
  })
})

describe('a program', () => {
  it('runs for the cgroup that it is attached to and those below, and for no other', () => {
    const hooks = node()
    const at = (where: string): Interception => ({
      ...hooks,
      programs: hooks.programs.map((program) => ({
        ...program,
        attachments: program.attachments.map((each) => ({...each, where})),
      })),
    })
    const runs = (where: string, cgroup: string | null) => effectiveProgram(at(where), 'connect4', cgroup) !== null
    expect(runs('/sys/fs/cgroup', '/sys/fs/cgroup/kubepods/a')).toBe(true)
    expect(runs('/sys/fs/cgroup/kubepods', '/sys/fs/cgroup/kubepods')).toBe(true)
    expect(runs('/sys/fs/cgroup/kube', '/sys/fs/cgroup/kubepods')).toBe(false)
    expect(runs('/sys/fs/cgroup/other', null)).toBe(true)
  })
})

describe('a pod’s configuration', () => {
  it('ends each list at its first empty place: a range of 0.0.0.0/0 hides what follows', () => {
    const bytes = new Array<number>(484).fill(0)
    bytes.splice(4, 5, 10, 1, 0, 0, 16)
    bytes.splice(20, 5, 10, 3, 0, 0, 16)
    bytes.splice(444, 2, 0x28, 0x23)
    expect(readPodConfig(bytes)).toMatchObject({excludeOutRanges: networks('10.1.0.0/16'), excludeOutPorts: [9000]})
  })
})
