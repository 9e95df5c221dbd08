import type {PassedOver, Step} from '../../decision/step.js'
import {sayFails} from '../story/check.js'
import {podName, readPolicyName} from '../story/names.js'
import type {Failure} from './failure.js'
import {stepsOf} from './failure.js'
import {type Family, facts} from './remedy.js'

const denial = /^rbac_access_denied_matched_policy\[(.*)\]$/s

/** The policies that were tried, wherever the evaluator recorded them. */
const policiesTried = (steps: readonly Step[]): PassedOver[] =>
  steps.flatMap((step) => step.passedOver).filter(({at, name}) => readPolicyName(name ?? at) !== null)

const policyLabel = (name: string): string => {
  const policy = readPolicyName(name)
  return policy === null ? name : `${policy.policy} rule ${policy.rule}`
}

/** Who asks, as the server's Envoy sees it: the identity that the client's Envoy presents. */
export function principalOf({sender, request}: Failure): string | null {
  if (sender?.transport?.kind === 'tls') return sender.transport.identity[0] ?? null
  return request.tls?.cert?.uriSans[0] ?? null
}

const serviceAccount = (principal: string): string => principal.replace(/^.*\/sa\//, '')

function noneFits(failure: Failure) {
  const tried = policiesTried(stepsOf(failure.proxy))
  const principal = principalOf(failure)
  const first = tried[0] === undefined ? null : readPolicyName(tried[0].name ?? tried[0].at)
  const wantsPrincipal = tried.find(({check}) => /principal|authenticated|identity/i.test(check.field))
  const wanted = wantsPrincipal?.check.want.replace(/^!\s*/, '')
  const change =
    first === null
      ? null
      : principal === null
        ? `send it through a sidecar, so that it has an identity, and allow that in AuthorizationPolicy ${first.policy}`
        : `allow ${principal.replace(/^spiffe:\/\//, '')} in AuthorizationPolicy ${first.policy}${wanted === undefined ? '' : `, or call as ${serviceAccount(wanted)}`}`
  return {
    says: 'an ALLOW policy applies to this workload, and none of its rules fits',
    lines: facts(
      ['who asked', principal ?? 'no identity (plaintext, or no client certificate)'],
      ...tried
        .slice(0, 4)
        .map(({name, at, check}): [string, string] => [
          'what is open',
          `${policyLabel(name ?? at)}, but ${sayFails(check)}`,
        ]),
      ['to change', change],
    ),
  }
}

function matched(failure: Failure, name: string) {
  const policy = readPolicyName(name)
  const step = stepsOf(failure.proxy).findLast(
    ({at, decided, because}) => because.length > 0 && `${at}${decided}`.includes(name),
  )
  const reasons = (step ?? stepsOf(failure.proxy).at(-1))?.because
    .map(({field, want}) => `${field} ${want}`.trim())
    .join(', ')
  const where = policy === null ? `policy ${name}` : `rule ${policy.rule} of AuthorizationPolicy ${policy.policy}`
  return {
    says: `${where} denies it`,
    lines: facts(
      ['who asked', principalOf(failure) ?? 'no identity (plaintext, or no client certificate)'],
      ['it matches', reasons === undefined || reasons === '' ? null : reasons],
      ['to change', `narrow ${where}, or send a request that it does not match`],
    ),
  }
}

/** RBAC, for HTTP (403) and for connections (closed). */
export const authorization: Family = (failure) => {
  const name = denial.exec(failure.outcome.details ?? failure.proxy?.outcome.details ?? '')?.[1]
  if (name === undefined) return null
  const remedy = name === 'none' ? noneFits(failure) : matched(failure, name)
  const pod = failure.proxy === null ? null : podName(failure.proxy.pod)
  return pod === null ? remedy : {...remedy, says: `${remedy.says} (at ${pod})`}
}
