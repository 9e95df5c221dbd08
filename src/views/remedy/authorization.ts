import type {PassedOver, Step} from '../../decision/step.js'
import {sayHolds, sayWant} from '../story/check.js'
import {podName, readPolicyName} from '../story/names.js'
import type {Failure} from './failure.js'
import {stepsOf} from './failure.js'
import {type Family, facts, type Remedy} from './remedy.js'
import {serviceAccountOf} from './service-account.js'

const denial = /^rbac_access_denied_matched_policy\[(.*)\]$/s

const shown = 4

/** The policies that were tried, wherever the evaluator recorded them. */
const policiesTried = (steps: readonly Step[]): PassedOver[] =>
  steps.flatMap((step) => step.passedOver).filter(({at, name}) => readPolicyName(name ?? at) !== null)

/** `default/ratings-allow rule 0`. */
function policyLabel({name, at}: PassedOver): string {
  const policy = readPolicyName(name ?? at)
  return policy === null ? (name ?? at) : `${policy.policy} rule ${policy.rule}`
}

const isIdentity = (field: string): boolean => /^(authenticated|principal)/.test(field)

/** Who asks, as the server's Envoy sees it: what its policies compared, else what the client's Envoy presents. */
export function callerOf({sender, request, proxy}: Failure): string | null {
  const seen = policiesTried(stepsOf(proxy)).find(({check}) => isIdentity(check.field))?.check.got
  if (seen?.startsWith('spiffe:') === true) return seen
  if (sender?.transport?.kind === 'tls') return sender.transport.identity[0] ?? null
  return request.tls?.cert?.uriSans[0] ?? null
}

/** The smallest change for one rule: of the request where it could be another, else of the policy. */
function changeFor(passed: PassedOver, caller: string | null): string {
  const {check} = passed
  const policy = readPolicyName(passed.name ?? passed.at)?.policy ?? policyLabel(passed)
  if (!isIdentity(check.field))
    return `send a request with ${sayWant(check)}, or open AuthorizationPolicy ${policy} for ${check.field} ${check.got}`
  const other = serviceAccountOf(check.want)
  const instead = other === null ? '' : `, or call as ${other}`
  return caller === null
    ? `send it through a sidecar, so that it has an identity, and add that to AuthorizationPolicy ${policy}${instead}`
    : `add principal ${caller.replace(/^spiffe:\/\//, '')} to AuthorizationPolicy ${policy}${instead}`
}

function noneFits(failure: Failure): Remedy {
  const tried = policiesTried(stepsOf(failure.proxy))
  const caller = callerOf(failure)
  const closest = tried.find(({check}) => isIdentity(check.field)) ?? tried[0]
  const open = tried
    .slice(0, shown)
    .map((passed): [string, string] => ['what is open', `${policyLabel(passed)}: ${sayWant(passed.check)}`])
  return {
    says: 'an ALLOW policy applies to this workload, and none of its rules fits',
    lines: facts(
      ['who asked', caller ?? 'nobody known: plaintext, or no client certificate'],
      ...open,
      ['', tried.length > shown ? `and ${tried.length - shown} more rules` : null],
      [
        'to change',
        closest === undefined
          ? `add a rule for ${caller === null ? 'this request' : caller.replace(/^spiffe:\/\//, '')} to an AuthorizationPolicy with action ALLOW of this workload`
          : changeFor(closest, caller),
      ],
    ),
  }
}

function matched(failure: Failure, name: string): Remedy {
  const policy = readPolicyName(name)
  const step = stepsOf(failure.proxy).find(({decided}) => decided?.includes(name) === true)
  const reasons =
    step === undefined
      ? ''
      : step.because
          .filter(({field}) => field !== 'any')
          .map(sayHolds)
          .join(', ')
  const where = policy === null ? `policy ${name}` : `rule ${policy.rule} of AuthorizationPolicy ${policy.policy}`
  return {
    says: `${where} denies it`,
    lines: facts(
      ['who asked', callerOf(failure) ?? 'nobody known: plaintext, or no client certificate'],
      ['it matches', reasons],
      ['to change', `send a request that it does not match, or narrow ${where}`],
    ),
  }
}

/** RBAC, for HTTP (403) and for connections (closed). */
export const authorization: Family = (failure) => {
  const name = denial.exec(failure.proxy?.outcome.details ?? failure.outcome.details ?? '')?.[1]
  if (name === undefined) return null
  const remedy = name === 'none' ? noneFits(failure) : matched(failure, name)
  return failure.proxy === null ? remedy : {...remedy, says: `at ${podName(failure.proxy.pod)}: ${remedy.says}`}
}
