import {mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {PodFacts} from '../../src/snapshot/snapshot.js'
import {fixtureText, recordedInterception} from './lab.js'

/** A snapshot of the rig as a capture would hold it: its programs and maps at the node, its pods with their sockets. */
export interface CapturedRig {
  folder: string
  remove(): void
}

const fixtures = new URL('../fixtures/ebpf/', import.meta.url)

const pods: PodFacts[] = [
  {namespace: 'lab', name: 'a', ip: '10.244.1.10', node: 'node1', sidecar: true, role: 'sidecar', proxyUid: 1337},
  {namespace: 'lab', name: 'b', ip: '10.244.1.11', node: 'node1', sidecar: true, role: 'sidecar', proxyUid: 1337},
  {namespace: 'lab', name: 'c', ip: '10.244.2.20', node: 'node1', sidecar: false, role: 'none'},
]

const sockets = (rows: readonly string[]): string =>
  [
    'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess',
    ...rows.map(
      (row) =>
        `tcp   LISTEN 0      128    ${row} 0.0.0.0:*${/:150\d\d$/.test(row) ? ' users:(("envoy",pid=7,fd=3))' : ''}`,
    ),
    '',
  ].join('\n')

/** Writes the snapshot; `recorded` are folders of the recording, the later ones over the earlier ones. */
export function captureRig(...recorded: string[]): CapturedRig {
  const folder = mkdtempSync(join(tmpdir(), 'sidetrace-rig-'))
  const write = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), {recursive: true})
    writeFileSync(join(folder, path), text)
  }
  const document = {
    apiVersion: 'sidetrace/v1',
    kind: 'Snapshot',
    name: 'rig',
    pods,
    services: [],
    nodes: [{name: 'node1', ip: '10.244.1.1'}],
  }
  write('snapshot.json', JSON.stringify(document))
  const names = new Map(
    recorded.flatMap((one) => readdirSync(new URL(`${one}/`, fixtures)).map((name) => [name, one] as const)),
  )
  for (const [name, one] of names) write(`nodes/node1/ebpf/${name}`, fixtureText(`${one}/${name}`))
  const groups = recordedInterception(...recorded).cgroups
  for (const {name, sidecar} of pods) {
    const lines = groups
      .filter(({path}) => path.endsWith(`/pod-${name}-app`) || path.endsWith(`/pod-${name}-proxy`))
      .map(({id, path}) => `${id} ${path} ${path.endsWith('-proxy') ? 'istio-proxy' : 'app'} lab/${name}`)
    write(`pods/lab/${name}/ebpf/cgroups.txt`, `${lines.join('\n')}\n`)
    write(`pods/lab/${name}/ebpf/net-show.json`, '[{"xdp":[],"tc":[],"flow_dissector":[]}]')
    write(`pods/lab/${name}/iptables-save.txt`, '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n')
    write(
      `pods/lab/${name}/ss-lntup.txt`,
      sockets(sidecar === true ? ['0.0.0.0:15001', '0.0.0.0:15006', '0.0.0.0:8080'] : ['0.0.0.0:8080', '0.0.0.0:9000']),
    )
  }
  return {folder, remove: () => rmSync(folder, {recursive: true})}
}
