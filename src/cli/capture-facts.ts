import {formatSocketAddress} from '../address/socket-address.js'
import {objectFile} from '../snapshot/object-file.js'
import type {PodFacts, ServiceFacts} from '../snapshot/snapshot.js'
import type {Mesh} from '../trace/mesh.js'
import type {Place} from '../trace/place.js'
import {sourceOf} from '../trace/source.js'
import type {CaptureFacts, PodInCapture, ServiceInCapture} from '../views/story/story.js'

/** What views say of a capture beside the trace: its name, its age, services and pods, and what steps stand for. */
export function captureFacts(mesh: Mesh): CaptureFacts {
  const {origin, document} = mesh.snapshot
  const name = document.name ?? null
  return {
    title: name === null || name === origin ? origin : `${origin}/${name}`,
    capturedAt: document.capturedAt ?? null,
    services: document.services.map((service) => serviceInCapture(service, document.pods)),
    pod: (wanted) => {
      const place = mesh.pod(wanted)
      return place === null ? null : podInCapture(place)
    },
    source: (at, hop) => sourceOf(mesh, hop, at),
    objectFile: (kind, name) => {
      const [namespace = '', own = ''] = name.split('/')
      const file = objectFile(kind, namespace, own)
      return file !== null && mesh.snapshot.bytes(file) !== null ? file : null
    },
  }
}

function serviceInCapture(service: ServiceFacts, pods: readonly PodFacts[]): ServiceInCapture {
  const labels = Object.entries(service.selector ?? {})
  const isSelected = (pod: PodFacts): boolean =>
    pod.namespace === service.namespace && labels.every(([key, value]) => pod.labels?.[key] === value)
  return {
    name: `${service.namespace}/${service.name}`,
    addresses: service.clusterIP === undefined || service.clusterIP === 'None' ? [] : [service.clusterIP],
    ports: (service.ports ?? []).map(({port}) => port),
    selector: labels.length === 0 ? null : labels.map(([key, value]) => `${key}=${value}`).join(','),
    selected: labels.length === 0 ? [] : pods.filter(isSelected).map(({namespace, name}) => `${namespace}/${name}`),
  }
}

function podInCapture({proxy, facts, rulesets, environment}: Place): PodInCapture {
  const chains = rulesets.flatMap(({tables}) => tables).flatMap((table) => table.chains)
  const sockets = environment.listeners?.filter(({proto}) => proto === 'tcp')
  return {
    hasEnvoy: proxy !== null || facts?.sidecar === true,
    isGateway: facts?.role === 'router' || facts?.role === 'gateway',
    rules: rulesets.length === 0 ? null : chains.reduce((sum, {rules}) => sum + rules.length, 0),
    listens: sockets?.map(({address, port}) => formatSocketAddress({ip: address, port})) ?? null,
    annotations: facts?.annotations ?? {},
  }
}
