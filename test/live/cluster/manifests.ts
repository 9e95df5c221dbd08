/** A container of the app: what it runs. */
export interface App {
  image: string
  command: readonly string[]
}

export const configMap = (name: string, data: Record<string, string>): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {name, namespace: 'default'},
  data,
})

export const service = (name: string, clusterIP: string, port: number, selector: Record<string, string>): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {name, namespace: 'default'},
  spec: {clusterIP, selector, ports: [{name: 'http', port, targetPort: port}]},
})

export const namespace = (name: string): object => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})

const labelled = (name: string, labels: Record<string, string>) => ({'app.kubernetes.io/name': name, ...labels})

const appContainer = ({image, command}: App) => ({
  name: 'app',
  image,
  command,
  ports: [{name: 'http', containerPort: 9080}],
  securityContext: {runAsUser: 1000, runAsGroup: 1000},
})

/** A pod without a proxy. */
export const appPod = (name: string, labels: Record<string, string>, app: App, namespace = 'default'): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name, namespace, labels: labelled(name, labels)},
  spec: {terminationGracePeriodSeconds: 1, containers: [appContainer(app)]},
})

/** What Istio's injector gives its init container. */
const initArguments = [
  'istio-iptables',
  ...['-p', '15001', '-z', '15006', '-u', '1337', '-m', 'REDIRECT', '-i', '*', '-x', '', '-b', '*'],
  ...['-d', '15090,15021,15020', '-o', '8888'],
]

const startProxy =
  'until [ -e /etc/istio/ready ]; do sleep 0.1; done; exec envoy -c /etc/istio/envoy.json --concurrency 1 -l warning'

const proxyContainer = {
  name: 'istio-proxy',
  image: 'localhost/envoy:1',
  command: ['sh', '-c', startProxy, 'pilot-agent'],
  args: ['proxy', 'sidecar', '--domain', 'default.svc.cluster.local'],
  env: [{name: 'ISTIO_META_INTERCEPTION_MODE', value: 'REDIRECT'}],
  securityContext: {
    runAsUser: 1337,
    runAsGroup: 1337,
    allowPrivilegeEscalation: false,
    capabilities: {drop: ['ALL']},
  },
  volumeMounts: [{name: 'proxy', mountPath: '/etc/istio'}],
}

const initContainer = {
  name: 'istio-init',
  image: 'localhost/debian:12',
  command: ['/istio-init/init.sh'],
  args: initArguments,
  securityContext: {
    runAsUser: 0,
    runAsGroup: 0,
    allowPrivilegeEscalation: false,
    capabilities: {add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL']},
  },
  volumeMounts: [{name: 'init', mountPath: '/istio-init'}],
}

/** A pod of the mesh, as Istio's injector leaves it: the app, its proxy, and the init container that redirects its traffic. */
export function meshPod(name: string, labels: Record<string, string>, app: App): object {
  const all = labelled(name, labels)
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace: 'default', labels: all},
    spec: {
      replicas: 1,
      selector: {matchLabels: {'app.kubernetes.io/name': name}},
      template: {
        metadata: {labels: all, annotations: {'traffic.sidecar.istio.io/excludeOutboundPorts': '8888'}},
        spec: {
          terminationGracePeriodSeconds: 1,
          initContainers: [initContainer],
          containers: [appContainer(app), proxyContainer],
          volumes: [
            {name: 'proxy', emptyDir: {}},
            {name: 'init', configMap: {name: 'istio-init', defaultMode: 0o755}},
          ],
        },
      },
    },
  }
}
