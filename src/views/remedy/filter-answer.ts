import {sayBecause} from '../story/check.js'
import {podName, proxyName} from '../story/names.js'
import type {Failure} from './failure.js'
import {objectOf, stepsOf} from './failure.js'
import {type Family, facts, type Remedy} from './remedy.js'

/** What an HTTP filter's own answer means, and what helps. Null: it does what it is there for, and nothing is to be changed. */
interface Meaning {
  says: string
  change: string | null
}

/** Response code details of Envoy's HTTP filters, by their beginning. Source: the filters' documentation. */
const meanings: [RegExp, Meaning][] = [
  [
    /^ext_authz_denied/,
    {
      says: 'the external authorization service denies it',
      change:
        'ask what that service wants of this caller, or take this path out of the AuthorizationPolicy with action CUSTOM',
    },
  ],
  [
    /^ext_authz_error/,
    {
      says: 'the external authorization service could not be asked',
      change: 'see that its cluster has healthy endpoints, or let requests pass without it (failure_mode_allow)',
    },
  ],
  [
    /^ext_proc_error/,
    {
      says: 'the external processor could not be asked',
      change: 'see that its cluster has healthy endpoints, or let requests pass without it (failure_mode_allow)',
    },
  ],
  [
    /^(?:request_rate_limited|local_rate_limited)/,
    {says: 'a rate limit is used up', change: 'ask less often, or raise the limit'},
  ],
  [
    /^rate_limiter_error/,
    {
      says: 'the rate limit service could not be asked',
      change: 'see that its cluster has healthy endpoints, or let requests pass without it (failure_mode_deny: false)',
    },
  ],
  [
    /^jwt_authn_access_denied/,
    {
      says: 'the token of the request is missing, or is not taken',
      change:
        'send a valid token (Authorization: Bearer ...), or make it optional in the RequestAuthentication and AuthorizationPolicy of this workload',
    },
  ],
  [
    /_for_basic_auth$/,
    {
      says: 'user and password are missing, or are not taken',
      change: 'send Authorization: Basic with a user that the filter knows',
    },
  ],
  [
    /^(?:missing|unknown)_api_key/,
    {
      says: 'the API key is missing, or is not known',
      change: 'send a key that the filter knows, where it looks for one',
    },
  ],
  [
    /^csrf_origin_mismatch/,
    {
      says: 'the Origin of the request is not that of its target',
      change: 'send the request from an origin that additional_origins of the CSRF filter names',
    },
  ],
  [/^cors_response/, {says: "a browser's preflight request is answered here", change: null}],
  [/^health_check_ok/, {says: 'a health check is answered here', change: null}],
  [
    /^health_check_failed/,
    {
      says: 'health checks of this Envoy fail on purpose: it is being drained',
      change: 'ask another instance, or end the draining (/healthcheck/ok of its admin port)',
    },
  ],
  [
    /^lua_response/,
    {
      says: 'a Lua script answers by itself',
      change: 'read the script (EnvoyFilter): what of the request makes it answer',
    },
  ],
  [
    /^request_payload_too_large/,
    {
      says: 'the body is larger than the buffer filter takes',
      change: 'send a smaller body, or raise max_request_bytes',
    },
  ],
  [
    /^(?:cdn_loop_detected|invalid_cdn_loop_header)/,
    {
      says: 'its CDN-Loop line names this Envoy too often, or cannot be read',
      change: 'send a valid CDN-Loop line, or see why the request comes back to this Envoy',
    },
  ],
  [
    /^reached_concurrency_limit/,
    {
      says: 'as many requests are under way as adaptive concurrency allows',
      change: 'see why the server has become slow, or ask less at once',
    },
  ],
  [
    /^rejecting_because_detection_failed/,
    {
      says: 'the address of the client could not be told from the request',
      change: 'send the header that original_ip_detection_extensions asks for',
    },
  ],
  [
    /drop_overload/,
    {
      says: 'a part of the requests is dropped on purpose (drop_overload of the endpoints)',
      change: 'wait until the control plane lets everything through again, or take the drop_overload away',
    },
  ],
  [
    /^non_forwarding_action/,
    {
      says: 'the route is not made for forwarding',
      change: 'lead the route to a cluster, or send a request that it does not match',
    },
  ],
]

/** Where the answer was made, and why. */
function placeOf(failure: Failure): [string, string | null][] {
  const {proxy} = failure
  const step = stepsOf(proxy).at(-1)
  return [
    ['where', step?.decided ?? proxy?.listener ?? null],
    ['it matches', step === undefined ? null : sayBecause(step.because)],
  ]
}

/** The answer of an HTTP filter. */
export const filterAnswer: Family = (failure) => {
  const meaning = meanings.find(([details]) => details.test(failure.details))?.[1]
  if (meaning === undefined || failure.outcome.kind !== 'responded') return null
  return {
    says: meaning.says,
    lines: facts(...placeOf(failure), ['to change', meaning.change ?? 'nothing: this is what the filter is there for']),
  }
}

const limits: [RegExp, Meaning][] = [
  [
    /\bUO\b/,
    {
      says: 'a circuit breaker is open: as many connections or requests are under way as the cluster allows',
      change: 'raise trafficPolicy.connectionPool of {rule}, or ask less at once',
    },
  ],
  [
    /\bUAEX\b/,
    {
      says: 'the external authorization service does not let this connection in',
      change: 'ask what that service wants of this caller',
    },
  ],
  [/\bRL\b/, {says: 'a rate limit for connections is used up', change: 'connect less often, or raise the limit'}],
  [/\bURX\b/, {says: 'no attempt to connect is allowed (max_connect_attempts)', change: 'allow one in {rule}'}],
  [
    /\bDPE\b/,
    {
      says: 'these bytes are not the protocol that is spoken here',
      change: 'speak HTTP on this port, or declare it as TCP (the port name or appProtocol of the Service)',
    },
  ],
]

/** What the response flags alone tell. Source: Envoy, access log RESPONSE_FLAGS. */
export const limit: Family = (failure) => {
  const {outcome, details} = failure
  const flags = details.includes('overflow') ? 'UO' : outcome.responseFlags
  const meaning = limits.find(([flag]) => flag.test(flags))?.[1]
  if (meaning === undefined || (outcome.kind !== 'responded' && outcome.kind !== 'reset')) return null
  const rule = objectOf(failure, 'cluster') ?? 'its DestinationRule'
  return {
    says: meaning.says,
    lines: facts(
      ['cluster', failure.proxy?.cluster ?? null],
      ['to change', (meaning.change ?? '').replace('{rule}', rule)],
    ),
  }
}

/** What no other family knows: who ended it, where in its configuration, and no advice that would be guessed. */
export function otherwise(failure: Failure): Remedy {
  const {outcome, proxy, branch} = failure
  const {pod, proxy: kind} = proxy ?? outcome.by ?? {pod: null}
  const who = pod === null ? 'it ends here' : `the ${proxyName(kind)} of ${podName(pod)} ends it`
  const step = stepsOf(proxy ?? branch.hops.at(-1) ?? null).at(-1)
  return {
    says:
      outcome.details === null
        ? `${who}, and its configuration gives no reason in words`
        : `${who}: ${outcome.details}`,
    lines: facts(
      ['where', step === undefined ? null : `${step.level} at ${step.at}`],
      [
        'to change',
        step === undefined
          ? 'nothing that the capture tells'
          : `see ${step.level} there: nothing else in the capture decides it`,
      ],
    ),
  }
}
