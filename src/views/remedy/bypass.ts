import type {Check} from '../../decision/check.js'
import type {NetnsHop} from '../../trace/trace.js'
import {podName} from '../story/names.js'
import {leavingProgram, sayProgram} from '../story/programs.js'
import {sayRule, tellingStep} from '../story/rule-words.js'
import type {Failure} from './failure.js'

/** Why the client's own Envoy never saw the request, and what to change. */
export interface Bypass {
  says: string
  change: string
}

const excluding = {
  ports: 'traffic.sidecar.istio.io/excludeOutboundPorts',
  ranges: 'traffic.sidecar.istio.io/excludeOutboundIPRanges',
}

const isOwner = ({field}: Check): boolean => field === 'owner' || field === 'skuid' || field === 'skgid'
const isPort = ({field}: Check): boolean => field === 'dport' || field === 'tcp dport'
const isDestination = ({field}: Check): boolean => field === 'dst' || field === 'ip daddr' || field === 'ip6 daddr'

/** Where only chosen destinations are redirected, everything else falls through to the end. */
const included = (name: string): string =>
  `add the destination to traffic.sidecar.istio.io/includeOutboundIPRanges or includeOutboundPorts of ${name}, and start it again`

const runAsAnother = ({entered}: Pick<NetnsHop, 'entered'>, name: string): string =>
  `run this process of ${name} as another user than the Envoy's (uid ${entered.uid}, gid ${entered.gid}): securityContext.runAsUser`

/** Null where the client has no Envoy, or the request went through it. */
export function bypassOf({sender, proxy, request, branch, facts}: Failure): Bypass | null {
  const pod = facts.pod?.(request.client.pod) ?? null
  const left = branch.hops.find((hop): hop is NetnsHop => hop.place === 'netns')
  if (sender !== null || pod?.hasEnvoy !== true) return null
  const name = podName(request.client.pod)
  if (left?.crossing === 'app-to-proxy' && left.rules.length > 0 && proxy?.direction === 'inbound')
    return {
      says: `${tellingStep(left.steps, true)?.at ?? left.rules.at(-1)} takes this process for the Envoy of ${name} (uid ${left.entered.uid}, gid ${left.entered.gid}), and leads its plaintext into the inbound side`,
      change: runAsAnother(left, name),
    }
  if (left?.crossing !== 'app-to-wire') return null
  if (pod.isGateway === true)
    return {
      says: `${name} is a gateway: its Envoy speaks mTLS, and no rule leads other processes of the pod to it`,
      change: `ask through a port of the gateway, or from a pod with a sidecar`,
    }
  const past = `${name} has an Envoy, and this request goes past it`
  const program = leavingProgram(left)
  if (program !== null)
    return {
      says: `${past}: ${program.at} leaves it alone (${sayProgram(program) ?? 'always'})`,
      change: changeOfProgram(program.because, left, name),
    }
  if (pod.rules === null)
    return {says: `${past}: no rules of the pod were captured`, change: `capture the rules of ${name}`}
  if (pod.rules === 0)
    return {
      says: `${past}: there are no redirection rules in the pod`,
      change: `see why istio-init (or the Istio CNI plugin) wrote none for ${name}, and start the pod again`,
    }
  const step = tellingStep(left.steps, false)
  if (left.rules.length === 0 || step === null)
    return {
      says: `${past}: none of its ${pod.rules} rules fits ${left.entered.dst}`,
      change: included(name),
    }
  return {
    says: `${past}: ${step.at} lets it out (${sayRule(step, left.steps) ?? 'any packet'})`,
    change: changeFor(step.because, left, name, pod.annotations),
  }
}

/** What keeps a program from a connection: its container's entry, its user, or an annotation. */
function changeOfProgram(because: readonly Check[], {entered}: NetnsHop, name: string): string {
  const asks = (field: RegExp): boolean => because.some((check) => field.test(check.field))
  if (asks(/in_mesh$/))
    return `delete the entry of its container from cgroup_info_map (sidetrace ebpf show names the command), and let the app of ${name} start after its sidecar: holdApplicationUntilProxyStarts`
  if (asks(/^uid$/)) return `run this process of ${name} as another user than ${entered.uid}: securityContext.runAsUser`
  if (asks(/^exclude_out_ports$/))
    return `take port ${entered.dport} out of ${excluding.ports} of ${name}, and start it again`
  if (asks(/^exclude_out_ranges$/))
    return `take ${entered.dst} out of ${excluding.ranges} of ${name}, and start it again`
  return included(name)
}

function changeFor(
  because: readonly Check[],
  {entered}: NetnsHop,
  name: string,
  annotations: Record<string, string>,
): string {
  if (because.some(isOwner)) return runAsAnother({entered}, name)
  const excluded = (annotation: string, what: string): string => {
    const value = annotations[annotation]
    return `take ${what} out of the annotation ${annotation}${value === undefined ? '' : ` (now ${value})`} of ${name}, and start it again`
  }
  if (because.some(isPort)) return excluded(excluding.ports, `port ${entered.dport}`)
  if (because.some(isDestination)) return excluded(excluding.ranges, entered.dst)
  if (because.every(({field}) => field === 'protocol')) return included(name)
  return `see who wrote this rule in ${name}, and take it away`
}
