import {certificateUris} from '../parse/certificate.js'
import {isObject, type JsonObject, object, objects, string} from '../parse/field.js'
import type {UpstreamTls} from '../parse/upstream-transport.js'
import type {Proxy as Envoy} from '../proxy.js'

const identities = new WeakMap<Envoy, Map<string, string[]>>()

/**
 * URI SANs of the certificate that this context presents: from the dump's secret, or, for one that is kept in a file,
 * from `/certs`. Empty where neither shows it.
 */
export function certificateIdentity(envoy: Envoy, tls: UpstreamTls): string[] {
  if (tls.certificate === null) return []
  if (tls.inlineChain) return chainIdentity(envoy, tls.inlineChain)
  const known = identities.get(envoy) ?? new Map<string, string[]>()
  identities.set(envoy, known)
  const cached = known.get(tls.certificate)
  if (cached) return cached
  const chain = secretChain(envoy, tls.certificate)
  const found = chain ? chainIdentity(envoy, chain) : onlyIdentity(envoy)
  known.set(tls.certificate, found)
  return found
}

function secretChain(envoy: Envoy, name: string): JsonObject | undefined {
  const secret = envoy.dump.secrets.get(name)?.raw
  return object(object(secret ?? {}, 'tls_certificate') ?? {}, 'certificate_chain')
}

function chainIdentity(envoy: Envoy, chain: JsonObject): string[] {
  const path = string(chain, 'filename')
  if (path === undefined) return certificateUris(chain)
  return servedChains(envoy).find((served) => served.path === path)?.uris ?? []
}

/** Without the secret: what all certificates of this Envoy say, where they agree. */
function onlyIdentity(envoy: Envoy): string[] {
  const [first, ...others] = servedChains(envoy)
  const text = JSON.stringify(first?.uris)
  return first && others.every(({uris}) => JSON.stringify(uris) === text) ? first.uris : []
}

/** The first certificate of each chain in `/certs`. */
function servedChains({state}: Envoy): {path: string; uris: string[]}[] {
  if (!isObject(state.certs)) return []
  return objects(state.certs, 'certificates').flatMap((certificate) => {
    const [leaf] = objects(certificate, 'cert_chain')
    if (!leaf) return []
    const uris = objects(leaf, 'subject_alt_names').flatMap((name) => string(name, 'uri') ?? [])
    return [{path: string(leaf, 'path') ?? '', uris}]
  })
}
