import {readFileSync} from 'node:fs'
import {makeNamespace, type Namespace} from '../sources/namespace.js'
import {type MeshPlan, type PodPlan, serviceAddresses} from './plan.js'

/** Namespaces of the node and its pods, joined by a bridge in the node's. */
export interface Network {
  node: Namespace
  /** By the pod's name. */
  pods: Map<string, Namespace>
  remove(): void
}

const gateway = '10.244.77.1'
const sample = new URL('../../../samples/bookinfo/pods/default/', import.meta.url)

/** Rules as Istio wrote them in the sample: real ones, for each way of interception. */
const rulesOf: Record<PodPlan['interception'], {file: string; load: string[]} | null> = {
  REDIRECT: {file: 'productpage-v1-64794f5db4-8s7zq/iptables-save.txt', load: ['iptables-nft-restore']},
  TPROXY: {file: 'details-v1-79dfbd6fff-x5t4k/iptables-save.txt', load: ['iptables-nft-restore']},
  nftables: {file: 'ratings-v1-5997b99df9-m2k8w/nft-ruleset.txt', load: ['nft', '-f', '-']},
  none: null,
}

/** kube-proxy's way with a service: DNAT to one of its pods by chance, and masquerading, since all pods share a bridge. */
function nodeRules({pods}: MeshPlan): string {
  const {shop, first, second, plain} = pods
  const dnat = (vip: string, port: number, pod: PodPlan, probability: string | null) =>
    `-A KUBE-SERVICES -d ${vip}/32 -p tcp -m tcp --dport ${port}${probability === null ? '' : ` -m statistic --mode random --probability ${probability}`} -j DNAT --to-destination ${pod.ip}:${port}`
  return `${[
    '*nat',
    ':KUBE-SERVICES - [0:0]',
    '-A PREROUTING -j KUBE-SERVICES',
    '-A POSTROUTING -s 10.244.77.0/24 -m conntrack --ctstate DNAT -j MASQUERADE',
    dnat(serviceAddresses.store, 9080, first, '0.50000000000'),
    dnat(serviceAddresses.store, 9080, second, null),
    dnat(serviceAddresses.shop, 9080, shop, null),
    dnat(serviceAddresses.plain, 9080, plain, null),
    dnat(serviceAddresses.bytes, 7070, first, '0.50000000000'),
    dnat(serviceAddresses.bytes, 7070, second, null),
    'COMMIT',
  ].join('\n')}\n`
}

const openForwarding = (namespace: Namespace): void => {
  for (const setting of ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0'])
    namespace.run('sysctl', ['-qw', setting])
}

export async function makeNetwork(mesh: MeshPlan): Promise<Network> {
  const node = await makeNamespace()
  const pods = new Map<string, Namespace>()
  const remove = (): void => {
    for (const namespace of [...pods.values(), node]) namespace.remove()
  }
  try {
    openForwarding(node)
    const ip = (...args: string[]) => node.run('ip', args)
    ip('link', 'set', 'lo', 'up')
    ip('link', 'add', 'br0', 'type', 'bridge')
    ip('addr', 'add', `${gateway}/24`, 'dev', 'br0')
    ip('link', 'set', 'br0', 'up')
    node.run('iptables-nft-restore', [], nodeRules(mesh))
    for (const [index, pod] of Object.values(mesh.pods).entries()) {
      const namespace = await makeNamespace()
      pods.set(pod.name, namespace)
      ip('link', 'add', `vp${index}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(namespace.pid))
      ip('link', 'set', `vp${index}`, 'master', 'br0', 'up')
      // A pod may reach itself through a service.
      node.run('bridge', ['link', 'set', 'dev', `vp${index}`, 'hairpin', 'on'])
      fillPod(namespace, pod)
    }
    return {node, pods, remove}
  } catch (error) {
    remove()
    throw error
  }
}

function fillPod(namespace: Namespace, pod: PodPlan): void {
  const ip = (...args: string[]) => namespace.run('ip', args)
  openForwarding(namespace)
  ip('link', 'set', 'lo', 'up')
  ip('addr', 'add', `${pod.ip}/24`, 'dev', 'eth0')
  ip('link', 'set', 'eth0', 'up')
  ip('route', 'add', 'default', 'via', gateway)
  if (pod.interception === 'TPROXY') {
    ip('rule', 'add', 'fwmark', '0x539', 'lookup', '133')
    ip('route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo', 'table', '133')
  }
  const rules = rulesOf[pod.interception]
  if (rules === null) return
  const [tool = '', ...args] = rules.load
  namespace.run(tool, args, readFileSync(new URL(rules.file, sample), 'utf8'))
}
