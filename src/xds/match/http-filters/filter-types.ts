import {buffer} from './buffer.js'
import {cdnLoop} from './cdn-loop.js'
import {cors} from './cors.js'
import {apiKeyAuthentication, basicAuthentication} from './credentials.js'
import {csrf} from './csrf.js'
import {externalAuthorization} from './external-authorization.js'
import {externalProcessing, loadControl, localRateLimit, rateLimit, wasm} from './external-services.js'
import {fault} from './fault.js'
import {headerMutation} from './header-mutation.js'
import {healthCheck} from './health-check.js'
import type {HttpFilter} from './http-filter.js'
import {jwtAuthentication} from './jwt.js'
import {lua} from './lua.js'
import {headerToMetadata, setMetadata} from './metadata-writers.js'
import {istioAlpn, noted, passThrough} from './pass-through.js'
import {rbac} from './rbac.js'
import {setRequestFilterState} from './set-filter-state.js'

const http = 'envoy.extensions.filters.http'

/** The terminal filter, which acts on the route. */
export const routerType = `${http}.router.v3.Router`

/** How each type of filter judges a request; types that are not here are not modelled. */
export const filterTypes: Readonly<Record<string, HttpFilter>> = {
  [`${http}.rbac.v3.RBAC`]: rbac,
  [`${http}.fault.v3.HTTPFault`]: fault,
  [`${http}.cors.v3.Cors`]: cors,
  [`${http}.jwt_authn.v3.JwtAuthentication`]: jwtAuthentication,
  [`${http}.ext_authz.v3.ExtAuthz`]: externalAuthorization,
  [`${http}.ext_proc.v3.ExternalProcessor`]: externalProcessing,
  [`${http}.ratelimit.v3.RateLimit`]: rateLimit,
  [`${http}.local_ratelimit.v3.LocalRateLimit`]: localRateLimit,
  [`${http}.lua.v3.Lua`]: lua,
  [`${http}.wasm.v3.Wasm`]: wasm,
  [`${http}.admission_control.v3.AdmissionControl`]: loadControl('admission_control', 'denied_by_admission_control'),
  [`${http}.adaptive_concurrency.v3.AdaptiveConcurrency`]: loadControl(
    'adaptive_concurrency',
    'reached_concurrency_limit',
  ),
  [`${http}.header_to_metadata.v3.Config`]: headerToMetadata,
  [`${http}.set_metadata.v3.Config`]: setMetadata,
  [`${http}.set_filter_state.v3.Config`]: setRequestFilterState,
  [`${http}.header_mutation.v3.HeaderMutation`]: headerMutation,
  [`${http}.health_check.v3.HealthCheck`]: healthCheck,
  [`${http}.csrf.v3.CsrfPolicy`]: csrf,
  [`${http}.cdn_loop.v3.CdnLoopConfig`]: cdnLoop,
  [`${http}.basic_auth.v3.BasicAuth`]: basicAuthentication,
  [`${http}.api_key_auth.v3.ApiKeyAuth`]: apiKeyAuthentication,
  'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig': istioAlpn,

  [`${http}.buffer.v3.Buffer`]: buffer,
  [`${http}.dynamic_forward_proxy.v3.FilterConfig`]: noted('dns', 'the host is looked up before the request goes on'),
  [`${http}.grpc_web.v3.GrpcWeb`]: noted('grpc-web', 'gRPC-Web is translated to gRPC'),
  [`${http}.grpc_http1_bridge.v3.Config`]: noted('grpc bridge', 'gRPC is translated to HTTP/1'),
  [`${http}.connect_grpc_bridge.v3.FilterConfig`]: noted('connect bridge', 'Connect is translated to gRPC'),
  [`${http}.bandwidth_limit.v3.BandwidthLimit`]: noted('bandwidth', 'bodies are slowed down'),
  [`${http}.stateful_session.v3.StatefulSession`]: noted('stateful session', 'a cookie or header may name the host'),
  [`${http}.on_demand.v3.OnDemand`]: noted('on demand', 'missing routes and clusters are asked for'),

  [`${http}.grpc_stats.v3.FilterConfig`]: passThrough,
  [`${http}.compressor.v3.Compressor`]: passThrough,
  [`${http}.decompressor.v3.Decompressor`]: passThrough,
  [`${http}.gzip.v3.Gzip`]: passThrough,
  [`${http}.tap.v3.Tap`]: passThrough,
  [`${http}.original_src.v3.OriginalSrc`]: passThrough,
  [`${http}.file_system_buffer.v3.FileSystemBufferFilterConfig`]: passThrough,
  [`${http}.grpc_field_extraction.v3.GrpcFieldExtractionConfig`]: passThrough,
  'envoy.config.filter.http.compressor.v2.Compressor': passThrough,
  'io.istio.http.peer_metadata.Config': passThrough,
  'istio.telemetry.stackdriver.v1.Config': passThrough,
  'stats.PluginConfig': passThrough,
}
