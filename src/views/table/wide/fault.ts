import {isJson, isTrue, type Json, number, object, text, typeName} from '../field.js'
import {fractionText} from './share.js'

const filterName = 'envoy.filters.http.fault'

/**
 * The fault that is injected into what a route takes: by the configuration for the fault filter of the first of these scopes that has one
 * (route, virtual host, route configuration), as Envoy takes the most specific.
 */
export function faults(scopes: readonly Json[]): string[] {
  const config = scopes.map(ofScope).find((found) => found !== undefined) ?? undefined
  const abort = object(config, 'abort')
  const delay = object(config, 'delay')
  const percent = (of: Json | undefined) => fractionText(object(of, 'percentage'))
  return [
    ...(abort ? [`fault: ${percent(abort)} aborted with ${abortStatus(abort)}`] : []),
    ...(delay ? [`fault: ${percent(delay)} delayed by ${text(delay, 'fixed_delay') ?? 'a header'}`] : []),
  ]
}

/** A scope's configuration of the fault filter, known by its type as in Envoy; empty where it switches the filter off. */
function ofScope(scope: Json): Json | undefined {
  for (const [name, config] of Object.entries(object(scope, 'typed_per_filter_config') ?? {})) {
    if (!isJson(config)) continue
    if (!typeName(config).endsWith('.FilterConfig')) {
      if (typeName(config).endsWith('.HTTPFault')) return config
      continue
    }
    const inner = object(config, 'config')
    const isFault = inner === undefined ? name === filterName : typeName(inner).endsWith('.HTTPFault')
    if (isFault) return isTrue(config, 'disabled') ? {} : (inner ?? {})
  }
  return undefined
}

function abortStatus(abort: Json): string {
  const http = number(abort, 'http_status')
  if (http !== undefined) return String(http)
  const grpc = number(abort, 'grpc_status')
  return grpc === undefined ? 'the status in a header' : `gRPC status ${grpc}`
}
