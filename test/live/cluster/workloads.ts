import {apply, kubectl} from './lab.js'
import {namespace} from './manifests.js'

const sleeper = {name: 'app', image: 'localhost/busybox:1', command: ['sleep', 'infinity']}
const spec = {terminationGracePeriodSeconds: 0, containers: [sleeper]}

/** One of each kind of workload in namespace `names`, called after its kind. */
export function makeWorkloads(): void {
  const of = (name: string) => ({selector: {matchLabels: {name}}, template: {metadata: {labels: {name}}, spec}})
  const object = (kind: string, apiVersion: string, name: string, more: object) => ({
    apiVersion,
    kind,
    metadata: {name, namespace: 'names'},
    spec: more,
  })
  const chosen = {matchExpressions: [{key: 'name', operator: 'In', values: ['ds', 'other']}]}
  apply(
    namespace('names'),
    object('Deployment', 'apps/v1', 'deploy', {replicas: 2, ...of('deploy')}),
    object('StatefulSet', 'apps/v1', 'sts', {replicas: 2, serviceName: 'sts', ...of('sts')}),
    object('DaemonSet', 'apps/v1', 'ds', {...of('ds'), selector: chosen}),
    object('ReplicaSet', 'apps/v1', 'rs', {replicas: 1, ...of('rs')}),
    object('Job', 'batch/v1', 'job', {template: {spec: {...spec, restartPolicy: 'Never'}}}),
    object('Service', 'v1', 'svc', {selector: {name: 'sts'}, ports: [{port: 80}]}),
    object('Service', 'v1', 'outside', {type: 'ExternalName', externalName: 'example.com'}),
    {
      ...object('Pod', 'v1', 'edge-pod', spec),
      metadata: {name: 'edge-pod', namespace: 'names', labels: {'gateway.networking.k8s.io/gateway-name': 'edge'}},
    },
    {...object('Pod', 'v1', 'dotted.name', spec)},
  )
  kubectl(['wait', 'pod', '--all', '-n', 'names', '--for=condition=Ready', '--timeout=90s'])
}

const proxyOn = (port: number) => ({
  name: 'istio-proxy',
  image: 'localhost/envoy:1',
  args: ['--config-yaml', `admin: {address: {socket_address: {address: 127.0.0.1, port_value: ${port}}}}`],
})

/** Pods in namespace `broken`, each with one thing that keeps its proxy from being asked. */
export function makeBrokenPods(): void {
  const pod = (name: string, containers: object[], annotations: Record<string, string> = {}, more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: 'broken', annotations},
    spec: {terminationGracePeriodSeconds: 0, containers, ...more},
  })
  apply(
    namespace('broken'),
    pod('pending', [proxyOn(15000)], {}, {nodeSelector: {nowhere: 'yes'}}),
    pod('no-image', [{...proxyOn(15000), image: 'localhost/nothing:1', imagePullPolicy: 'Never'}]),
    pod('crashing', [{...proxyOn(15000), args: ['--no-such-flag']}]),
    pod('no-proxy', [sleeper]),
    pod('moved', [proxyOn(19000)], {'proxy.istio.io/config': '{"proxyAdminPort": 19000}'}),
    pod('moved-silently', [proxyOn(19000)]),
    pod('distroless', [{name: 'istio-proxy', image: 'localhost/pause:1'}]),
    pod('web', [
      {name: 'istio-proxy', image: 'localhost/busybox:1', command: ['httpd', '-f', '-p', '15000', '-h', '/www']},
    ]),
  )
  const running = ['no-proxy', 'moved', 'moved-silently', 'distroless', 'web'].map((name) => `pod/${name}`)
  kubectl(['wait', ...running, '-n', 'broken', '--for=condition=Ready', '--timeout=90s'])
}
