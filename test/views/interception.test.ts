import {beforeAll, describe, expect, it} from 'vitest'
import {editMesh, parseEdit} from '../../src/trace/edit.js'
import {compareInterceptions, type InterceptionComparison} from '../../src/trace/interception/compare.js'
import {interceptionModes} from '../../src/trace/interception/mode.js'
import type {Mesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'
import {walk} from '../../src/trace/walk.js'
import {renderSvg} from '../../src/views/diagram/svg.js'
import {renderInterceptionMermaid} from '../../src/views/interception/mermaid.js'
import {renderInterceptionSvg} from '../../src/views/interception/svg.js'
import {renderInterceptionText} from '../../src/views/interception/text.js'
import {renderTraceText} from '../../src/views/text/trace.js'
import {get, pods, sampleMesh} from '../trace/mesh-of-sample.js'

let mesh: Mesh
let comparison: InterceptionComparison
const jason = get(pods.productpage, 'http://reviews:9080/reviews/0', {headers: [['end-user', 'jason']]})
beforeAll(async () => {
  mesh = await sampleMesh()
  comparison = compareInterceptions(mesh, jason, interceptionModes)
})

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length))

describe('ways of interception compared', () => {
  it('stand side by side where the window is wide, and one under the other where it is not', () => {
    const wide = renderInterceptionText(comparison, {width: 100, colour: false})
    expect(wide).toMatch(/^stack passes\/message +6 +6 +0 +6 +6 +2$/m)
    const narrow = renderInterceptionText(comparison, {width: 80, colour: false})
    expect(narrow).toMatch(/^ebpf\n(?: .*\n)*? {2}stack passes\/message +0$/m)
    expect([widest(wide) <= 100, widest(narrow) <= 80]).toEqual([true, true])
  })

  it('name what breaks with the ways that it breaks in', () => {
    const text = renderInterceptionText(comparison, {width: 200, colour: false})
    expect(text).toContain('REDIRECT, TPROXY: an app that runs in gid 1337 goes past its Envoy')
    expect(text).not.toMatch(/TPROXY[^\n]*source address lost/)
  })

  it('are drawn as lanes whose arrows say what each connection costs', () => {
    const svg = renderInterceptionSvg(comparison)
    expect(svg.match(/>socket to socket</g)).toHaveLength(3)
    expect(svg.match(/>2 passes</g)).toHaveLength(13)
    expect(svg.match(/<rect class="box"/g)).toHaveLength(6)
    expect(svg).toContain('role="img"')
  })

  it('are a flow chart with a box for each', () => {
    const chart = renderInterceptionMermaid(comparison)
    expect(chart.match(/subgraph /g)).toHaveLength(6)
    expect(chart).toContain('-. "socket to socket, 0 conntrack" .->')
  })
})

describe('a trace through programs, told', () => {
  const under = (request: TraceRequest, mode = 'ebpf') =>
    walk(editMesh(mesh, [parseEdit(`interception ${mode}`)]), request)
  const text = (request: TraceRequest) =>
    renderTraceText(under(request), {detail: 'summary', width: 100, colour: false})

  it('names the program, why it decided, and what goes past the stack', () => {
    const told = text(jason)
    expect(told).toContain('connects to reviews:9080 = 10.96.0.14:9080')
    expect(told).toMatch(
      /redirected to 127\.0\.0\.1:15001, its own Envoy +mb_sock_connect4\n +not by uid 1337, the address of its pod is 10\.10\.0\.11/,
    )
    expect(told).toMatch(/bytes go from socket to socket, past the network stack +mb_msg_redir/)
    expect(told).not.toContain('mb_sockops')
  })

  it('shows each program’s conditions when asked for all', () => {
    const full = renderTraceText(under(jason), {detail: 'full', width: 100, colour: false})
    expect(full).toMatch(/no +leave +exclude_out_ports 8888: is 9080/)
    expect(full).toMatch(/its socket is put into the socket map +mb_sockops/)
  })

  it('says by which program a failing request went past its Envoy, and what to change', () => {
    const excluded = get(pods.productpage, 'http://10.10.0.19:8888/')
    const told = text(excluded)
    expect(told).toContain('mb_sock_connect4')
    expect(told).toMatch(/exclude out ports 8888/)
  })

  it('calls the station by what stands there', () => {
    expect(renderSvg(under(jason))).toContain('>eBPF<')
    expect(renderSvg(walk(mesh, jason))).toContain('>netfilter<')
  })
})
