import {certificateUris} from '../parse/certificate.js'
import {type JsonObject, object} from '../parse/field.js'
import type {UpstreamTls} from '../parse/upstream-transport.js'
import type {Proxy as Envoy} from '../proxy.js'

const identities = new WeakMap<JsonObject, string[]>()

/** URI SANs of the certificate that this context presents, as far as the dump's secrets show it. */
export function certificateIdentity(envoy: Envoy, tls: UpstreamTls): string[] {
  const chain = tls.inlineChain ?? secretChain(envoy, tls.certificate)
  if (!chain) return []
  const known = identities.get(chain)
  if (known) return known
  const uris = certificateUris(chain)
  identities.set(chain, uris)
  return uris
}

function secretChain(envoy: Envoy, name: string | null): JsonObject | undefined {
  const secret = name === null ? undefined : envoy.dump.secrets.get(name)?.raw
  return object(object(secret ?? {}, 'tls_certificate') ?? {}, 'certificate_chain')
}
