import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type CapturedRig, captureRig} from '../ebpf/captured-node.js'
import {sidetrace} from '../setup/run-bin.js'

let rig: CapturedRig
beforeAll(() => {
  rig = captureRig('plain/03', 'plain/02a')
})
afterAll(() => rig.remove())

const show = (...args: string[]) => sidetrace(['ebpf', 'show', ...args])

describe('ebpf show', () => {
  it('names programs, attachments, containers and pods of a node, and says what is wrong first', () => {
    const {exit, stdout, stderr} = show('--from', rig.folder, '--node', 'node1')
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')[0]).toBe('node1  4 errors, 3 warnings, 1 note')
    expect(stdout).toMatch(/1146 {2}mb_sock_connect4 {2}connect4 {4}connect4 \/mosn-lab/)
    expect(stdout).toMatch(/1166 {2}mb_msg_redir {6}redirect {4}not observable/)
    expect(stdout).toMatch(/1811 {4}\/mosn-lab\/kubepods\.slice\/pod-b-app {4}yes {6}not known/)
    expect(stdout).toMatch(/10\.244\.1\.10 {2}lab\/a {2}15021 {8}9000/)
  })

  it('judges a container by its pod: kept out of the mesh is an error where the pod has a sidecar', () => {
    const {stdout} = show(
      '--from',
      rig.folder,
      '--pod',
      'lab/b',
      '-o',
      'json',
      '--jsonpath',
      '$.findings[?(@.code=="ST-EBPF-001" && @.severity=="error")].message',
    )
    expect(JSON.parse(stdout)).toEqual([
      expect.stringContaining('/pod-b-proxy (cgroup 1830) is kept as not in the mesh'),
    ])
  })

  it('exits 79 where a problem is as grave as is asked', () => {
    expect(show('--from', rig.folder, '--fail-on', 'error').exit).toBe(79)
    expect(show('-f', 'test/fixtures/ebpf/plain/03', '--fail-on', 'error').exit).toBe(0)
  })

  it('shows every noted connection when asked', () => {
    const folder = 'test/fixtures/ebpf/plain/03'
    expect(show('-f', folder).stdout).toContain('(10 of 44; --all shows all)')
    expect(show('-f', folder, '--all').stdout.match(/ connect$/gm)).toHaveLength(44)
  })

  it('says what to capture where a snapshot has no programs', () => {
    expect(show('--from', 'sample')).toMatchObject({
      exit: 65,
      stderr: expect.stringContaining('has no eBPF programs in the capture'),
    })
    expect(show('-f', 'test/fixtures/ebpf').stderr).toContain('has no prog-show.json')
    expect(show().exit).toBe(2)
  })
})

describe('a trace of a snapshot with programs', () => {
  const trace = (...args: string[]) => sidetrace(['trace', '--from', rig.folder, '-o', 'json', ...args])
  const hops = (text: string) => JSON.parse(text).branches[0].hops

  it('sends the app to the stand-in address where its pod is not known, as was recorded', () => {
    const [, crossing] = hops(trace('lab/a', '--tcp', '10.244.2.20:9000', '--data', 'x').stdout)
    expect(crossing).toMatchObject({
      crossing: 'app-to-proxy',
      redirectedTo: '127.128.0.1:15001',
      ebpf: {original: '10.244.2.20:9000'},
    })
  })

  it('leaves alone what is kept out of the mesh', () => {
    const [, crossing] = hops(trace('lab/c', '--tcp', '10.244.1.11:8080', '--data', 'x').stdout)
    expect(crossing).toMatchObject({
      crossing: 'app-to-wire',
      redirectedTo: null,
      ebpf: {programs: ['mb_sock_connect4']},
    })
  })
})
