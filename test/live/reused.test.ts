import {chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Rule} from '../../src/netfilter/ruleset.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'
import type {Trace} from '../../src/trace/trace.js'
import {walk} from '../../src/trace/walk.js'
import {captureMesh} from './mesh/capture.js'
import {makeAuthority} from './mesh/certificates.js'
import {misfits} from './mesh/compare.js'
import {makeNetwork} from './mesh/network.js'
import type {Observation} from './mesh/observation.js'
import {observeSecond} from './mesh/open-connection.js'
import {drawMesh} from './mesh/plan.js'
import {type RunningPod, startPod} from './mesh/pod.js'
import {whyNoMesh} from './mesh/tools.js'
import {seeded} from './upstream/random.js'

const missing = whyNoMesh()
if (missing !== null) console.log(`skipped, open connections: ${missing} (not there)`)

const comment = '-m comment --comment probe'

/** Rules of every table but nat that count one direction of connections: each tells what a later packet of one looks like there. */
const probes = (() => {
  const ways: [string, string][] = [
    ['raw', 'OUTPUT'],
    ['raw', 'PREROUTING'],
    ['mangle', 'OUTPUT'],
    ['mangle', 'PREROUTING'],
    ['mangle', 'INPUT'],
    ['mangle', 'POSTROUTING'],
    ['filter', 'OUTPUT'],
    ['filter', 'INPUT'],
  ]
  const tables = ['raw', 'mangle', 'filter'].map((table) => {
    const rules = ways
      .filter(([own]) => own === table)
      .flatMap(([, chain]) => [
        ...[9080, 15001, 15006].map((port) => `-A ${chain} -p tcp -m tcp --dport ${port} ${probeOf(table)}`),
        ...(table === 'raw' ? [] : [`-A ${chain} -p tcp -m conntrack --ctstate DNAT --ctdir ORIGINAL ${comment}`]),
      ])
    return `*${table}\n${rules.join('\n')}\nCOMMIT\n`
  })
  return tables.join('')
})()

/** Raw stands before conntrack, and knows no direction. */
function probeOf(table: string): string {
  return table === 'raw' ? comment : `-m conntrack --ctstate ESTABLISHED --ctdir ORIGINAL ${comment}`
}

const questions: Pick<TraceRequest, 'url' | 'headers'>[] = [
  {url: 'http://store:9080/v1/items', headers: []},
  {url: 'http://store:9080/', headers: [['end-user', 'jason']]},
  {url: 'http://plain:9080/', headers: []},
  {url: 'http://shop:9080/', headers: []},
]

const asked = (pod: string, question: Pick<TraceRequest, 'url' | 'headers'>): TraceRequest => ({
  client: {pod: `default/${pod}`, uid: 1000, gid: 1000},
  method: 'GET',
  httpVersion: '1.1',
  connectTo: null,
  proxyRequest: false,
  tls: null,
  tcp: null,
  connection: 'reused',
  ...question,
})

const isNat = (rule: string): boolean => /^nat:|-nat:/.test(rule)

const allRules = (mesh: Mesh, place: string): Rule[] =>
  ((place === 'node1' ? mesh.node(place) : mesh.pod(`default/${place}`))?.rulesets ?? [])
    .flatMap(({tables}) => tables)
    .flatMap(({chains}) => chains)
    .flatMap(({rules}) => rules)

/** No nat rule counts; every rule that the trace names does; and of the probes no other one. */
function ruleMisfits(mesh: Mesh, {branches}: Trace, {rules}: Observation): string[] {
  const hops = branches.flatMap((branch) => branch.hops)
  return [...rules].flatMap(([place, counted]) => {
    const own = hops.flatMap((hop) => {
      if (hop.place !== 'netns' && hop.place !== 'node') return []
      return (hop.place === 'node' ? hop.node : hop.pod.replace(/^default\//, '')) === place ? hop.rules : []
    })
    const probing = allRules(mesh, place).filter((rule) => rule.comment === 'probe')
    return [
      ...[...counted.keys()].filter(isNat).map((rule) => `${place} ${rule} was asked`),
      ...own.filter((rule) => !counted.has(rule)).map((rule) => `${place} ${rule} did not count`),
      ...probing
        .filter(({name}) => counted.has(name) && !own.includes(name))
        .map(({text}) => `${place} counted ${text}`),
    ]
  })
}

describe.skipIf(missing !== null)('a request on connections that are open already', () => {
  it('goes by conntrack and by every table but nat, as the trace says', async () => {
    const drawn = drawMesh(seeded(5))
    const open = (pod: typeof drawn.pods.shop) => ({...pod, mtls: 'PERMISSIVE' as const, allowed: null, denied: null})
    const {shop, first, second, plain} = drawn.pods
    const plan = {
      ...drawn,
      pooled: true,
      outbound: 'ALLOW_ANY' as const,
      pods: {shop: open(shop), first: open(first), second: open(second), plain: open(plain)},
    }
    const folder = mkdtempSync(join(tmpdir(), 'sidetrace-open-'))
    chmodSync(folder, 0o755)
    const network = await makeNetwork(plan)
    try {
      const issue = makeAuthority(folder)
      const pods: RunningPod[] = []
      for (const pod of Object.values(plan.pods)) {
        const namespace = network.pods.get(pod.name)
        if (!namespace) continue
        namespace.run('iptables-nft-restore', ['--noflush'], probes)
        pods.push(await startPod(plan, pod, namespace, issue(pod.name, pod.identity), folder))
      }
      const mesh = buildMesh(await captureMesh(plan, network, pods))
      const wrong: string[] = []
      let named = 0
      for (const [index, question] of questions.entries())
        for (const pod of ['shop', 'first', 'second', 'plain']) {
          const own = join(folder, `${pod}-${index}`)
          mkdirSync(own)
          chmodSync(own, 0o777)
          const request = asked(pod, question)
          const {file, seen} = await observeSecond(request, pods, network.node, own)
          const answer = JSON.parse(readFileSync(file, 'utf8'))
          expect(answer, request.url ?? '').toMatchObject({status: 200, again: true})
          const client = {exit: 0, status: answer.status, pod: JSON.parse(answer.body).pod}
          // Where chance decided when the connection was opened, the way to who answers is the one that was taken.
          const taken = (trace: Trace) =>
            trace.branches.filter(({outcome}) => outcome.by?.pod === `default/${client.pod}`)
          const whole = walk(mesh, request)
          const trace = {...whole, branches: taken(whole)}
          named += trace.branches
            .flatMap(({hops}) => hops)
            .reduce((sum, hop) => sum + ('rules' in hop ? hop.rules.length : 0), 0)
          const found = [
            ...misfits(whole, {client, logs: seen.logs, rules: new Map()}),
            ...ruleMisfits(mesh, trace, seen),
          ]
          if (found.length > 0) wrong.push(`${pod} ${request.url}\n  ${found.join('\n  ')}`)
        }
      console.log(`open connections: ${named} rules named and counted`)
      expect(named).toBeGreaterThan(100)
      expect(wrong).toEqual([])
    } finally {
      network.remove()
      rmSync(folder, {recursive: true, force: true})
    }
  })
})
