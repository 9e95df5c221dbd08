import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {makeAuthority} from '../mesh/certificates.js'
import {type MeshPlan, type PodPlan, serviceAddresses} from '../mesh/plan.js'
import {sidecarBootstrap} from '../mesh/sidecar.js'
import {apply, kubectl} from './lab.js'
import {appPod, configMap, meshPod, service} from './manifests.js'

/**
 * The demo mesh, in namespace `default`: `shop` asks, `store-v1` and `store-v2` answer on 9080, each with an app, a real Envoy in the shape of
 * Istio's (mutual TLS between them) and Istio's own rules; `plain` has no proxy.
 */
export async function makeDemo(): Promise<void> {
  const rules = new URL(
    '../../../samples/bookinfo/pods/default/productpage-v1-64794f5db4-8s7zq/iptables-save.txt',
    import.meta.url,
  )
  apply(
    configMap('istio-init', {'init.sh': initScript, 'rules.txt': readFileSync(rules, 'utf8')}),
    service('store', serviceAddresses.store, 9080, {app: 'store'}),
    service('shop', serviceAddresses.shop, 9080, {app: 'shop'}),
    service('plain', serviceAddresses.plain, 9080, {app: 'plain'}),
    service('bytes', serviceAddresses.bytes, 7070, {app: 'store'}),
    meshPod('shop', {app: 'shop', version: 'v1'}, {image: 'localhost/debian:12', command: ['sleep', 'infinity']}),
    meshPod('store-v1', {app: 'store', version: 'v1'}, server),
    meshPod('store-v2', {app: 'store', version: 'v2'}, server),
    appPod('plain', {app: 'plain'}, server),
  )
  const names = ['shop', 'store-v1', 'store-v2']
  for (const name of names) kubectl(['rollout', 'status', `deploy/${name}`, '--timeout=90s'])
  kubectl(['wait', 'pod/plain', '--for=condition=Ready', '--timeout=60s'])
  const mesh = meshOf(
    Object.fromEntries([...names, 'plain'].map((name) => [name, addressOf(`app.kubernetes.io/name=${name}`)])),
  )
  const folder = mkdtempSync(join(tmpdir(), 'sidetrace-demo-'))
  try {
    const issue = makeAuthority(folder)
    const [shop, first, second] = [mesh.pods.shop, mesh.pods.first, mesh.pods.second]
    for (const [deployment, pod] of [
      ['shop', shop] as const,
      ['store-v1', first] as const,
      ['store-v2', second] as const,
    ])
      configure(deployment, sidecarBootstrap(mesh, pod, issue(pod.name, pod.identity), '/etc/istio/access.log'))
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}

/** Loads Istio's rules, and writes what Istio's own init container writes. */
const initScript = `#!/bin/sh
set -e
iptables-restore <$(dirname "$0")/rules.txt
printf '%s\\tinfo\\tFinal iptables state (IPv4):\\n' "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)"
iptables-save
printf '%s\\tinfo\\tdone\\n' "$(date -u +%Y-%m-%dT%H:%M:%S.000000Z)"
`

const server = {
  image: 'localhost/busybox:1',
  command: ['sh', '-c', 'nc -lk -p 7070 -e cat & exec httpd -f -p 9080 -h /www'],
}

const addressOf = (label: string): string =>
  kubectl(['get', 'pod', '-l', label, '-o', 'jsonpath={.items[0].status.podIP}'])

function meshOf(addresses: Record<string, string>): MeshPlan {
  const pod = (name: string, deployment: string, interception: PodPlan['interception']): PodPlan => ({
    name,
    ip: addresses[deployment] ?? '',
    interception,
    identity: `spiffe://cluster.local/ns/default/sa/${name}`,
    mtls: 'STRICT',
    allowed: null,
    denied: '/admin',
  })
  return {
    pods: {
      shop: pod('shop', 'shop', 'REDIRECT'),
      first: pod('first', 'store-v1', 'REDIRECT'),
      second: pod('second', 'store-v2', 'REDIRECT'),
      plain: pod('plain', 'plain', 'none'),
    },
    weights: [80, 20],
    outbound: 'ALLOW_ANY',
    pooled: false,
  }
}

/** The proxy's container waits for its configuration, as Istio's agent waits for its certificates. */
function configure(deployment: string, bootstrap: object): void {
  const write = 'cat >/etc/istio/envoy.json && touch /etc/istio/ready'
  const inProxy = (...command: string[]) => [
    'exec',
    '-i',
    `deploy/${deployment}`,
    '-c',
    'istio-proxy',
    '--',
    ...command,
  ]
  kubectl(inProxy('sh', '-c', write), JSON.stringify(bootstrap))
  kubectl(
    inProxy('curl', '-sf', '--retry', '60', '--retry-delay', '1', '--retry-all-errors', 'http://127.0.0.1:15000/ready'),
  )
}
