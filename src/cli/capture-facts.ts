import type {Snapshot} from '../snapshot/snapshot.js'
import type {CaptureFacts} from '../views/story/story.js'

/** What views say of a capture beside the trace: its name, its age, and the services behind addresses. */
export function captureFacts({origin, document}: Snapshot): CaptureFacts {
  const name = document.name ?? null
  return {
    title: name === null || name === origin ? origin : `${origin}/${name}`,
    capturedAt: document.capturedAt ?? null,
    services: document.services.map((service) => ({
      name: `${service.namespace}/${service.name}`,
      addresses: service.clusterIP === undefined || service.clusterIP === 'None' ? [] : [service.clusterIP],
    })),
  }
}
