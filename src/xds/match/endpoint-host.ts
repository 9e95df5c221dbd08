import type {ChainVerdict} from './chain-verdict.js'
import type {HttpRequest} from './request.js'
import type {EndpointShare} from './result.js'
import type {UpstreamChoice} from './upstream-choice.js'

/**
 * `auto_host_rewrite`: the Host becomes the name of the endpoint that is chosen, where it has one. Endpoints of one name
 * are one way; any other route has a single one.
 */
export function byHostname(verdict: ChainVerdict, choice: UpstreamChoice): [ChainVerdict, UpstreamChoice][] {
  const {need, upstreamRequest} = verdict
  if (!need?.hostOfEndpoint || !upstreamRequest || choice.outcome.kind !== 'forwarded') return [[verdict, choice]]
  const {keepsOld} = need.hostOfEndpoint
  const groups = new Map<string, EndpointShare[]>()
  for (const endpoint of choice.endpoints) {
    const name = endpoint.hostname ?? ''
    groups.set(name, [...(groups.get(name) ?? []), endpoint])
  }
  if (groups.size === 0) return [[verdict, choice]]
  return [...groups].map(([name, endpoints]) => {
    const share = endpoints.reduce((sum, {probability}) => sum + probability, 0)
    const within = endpoints.map((endpoint) => ({...endpoint, probability: endpoint.probability / share}))
    const part = {...choice, probability: choice.probability * share, endpoints: within}
    return [name === '' ? verdict : named(verdict, upstreamRequest, name, keepsOld), part]
  })
}

function named(verdict: ChainVerdict, request: HttpRequest, name: string, keepsOld: boolean): ChainVerdict {
  const old: [string, string][] =
    keepsOld && request.authority !== null ? [['x-forwarded-host', request.authority]] : []
  const isSame = verdict.askedAuthority === name
  return {
    ...verdict,
    rewritten: {path: verdict.rewritten?.path ?? null, authority: isSame ? null : name},
    upstreamRequest: {...request, authority: name, headers: [...request.headers, ...old]},
  }
}
