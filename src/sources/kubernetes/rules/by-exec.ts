import {SourceError} from '../../../errors.js'
import {type JsonObject, objectsAt, textAt} from '../json.js'
import {proxyContainer} from '../proxy-container.js'
import {insideContainer, placeFiles, toolFailure} from './inside-container.js'
import type {RulesWay} from './way.js'

/** Programs of a container that may read the rules: the proxy's first. What it asks with is there already, and nothing is changed. */
export const byExec: RulesWay = async ({cluster, pod, object, where}) => {
  const reasons: string[] = []
  for (const container of candidates(object)) {
    const inside = insideContainer(cluster, pod, container)
    // As a user without rights it says so here, once, and not for each of many tools.
    const probe = await inside(['iptables-save'])
    if (probe.kind !== 'done') reasons.push(`${container}: ${toolFailure(probe)}`)
    else return placeFiles(inside, `read by exec in its container ${container}`, where)
  }
  throw new SourceError('unreachable', `no container can read them (${reasons.join('; ') || 'it has none'})`, where)
}

/** The proxy, and what runs as root or with the right to see the network's state; others would be asked in vain. */
function candidates(pod: JsonObject): string[] {
  const proxy = proxyContainer(pod)
  const containers = objectsAt(pod, 'spec', 'containers')
  const able = containers.filter((container) => mayRead(pod, container)).flatMap((each) => textAt(each, 'name') ?? [])
  return [...new Set([...(proxy === null ? [] : [proxy]), ...able])]
}

function mayRead(pod: JsonObject, container: JsonObject): boolean {
  const text = JSON.stringify([container['securityContext'] ?? {}])
  return /"privileged":true|"NET_ADMIN"/.test(text) && !/"runAsNonRoot":true/.test(JSON.stringify(pod['spec'] ?? {}))
}
