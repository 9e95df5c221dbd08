import type {Mesh} from '../trace/mesh.js'
import {sourceOf} from '../trace/source.js'
import type {CaptureFacts} from '../views/story/story.js'

/** What views say of a capture beside the trace: its name, its age, the services behind addresses, and what steps stand for. */
export function captureFacts(mesh: Mesh): CaptureFacts {
  const {origin, document} = mesh.snapshot
  const name = document.name ?? null
  return {
    title: name === null || name === origin ? origin : `${origin}/${name}`,
    capturedAt: document.capturedAt ?? null,
    services: document.services.map((service) => ({
      name: `${service.namespace}/${service.name}`,
      addresses: service.clusterIP === undefined || service.clusterIP === 'None' ? [] : [service.clusterIP],
    })),
    source: (at, hop) => sourceOf(mesh, hop, at),
  }
}
