import type {AppHop, Hop, Trace, TraceBranch} from '../../trace/trace.js'
import {tellReceiver, tellSender} from './app.js'
import {podName} from './names.js'
import {tellRules} from './netns.js'
import {tellProxy} from './proxy.js'
import {tellResolution} from './resolution.js'
import type {CaptureFacts, HopStory, PlaceStory, Sentence} from './story.js'

/** What identifies the place of a hop: hops with equal keys that follow each other stand together. */
const placeKey = (hop: Hop): string => {
  if (hop.place === 'node') return `node ${hop.node}`
  if (hop.place === 'app' && hop.pod === null) return `host ${hop.host ?? hop.address ?? ''}`
  return `pod ${hop.pod}`
}

const placeName = (hop: Hop): string => {
  if (hop.place === 'node') return hop.node
  if (hop.place === 'app' && hop.pod === null) return hop.host ?? hop.address ?? 'outside'
  return podName(hop.pod ?? '')
}

function label(hop: Hop): string {
  if (hop.place !== 'proxy') return hop.place
  const name = hop.proxy ?? 'envoy'
  return hop.direction === 'outbound' ? `${name} out` : hop.direction === 'inbound' ? `${name} in` : name
}

function role(hops: readonly Hop[], first: Hop | undefined, last: Hop | undefined): string {
  const [head] = hops
  if (head?.place === 'node') return 'node'
  if (head?.place === 'app' && head.pod === null) return 'outside the mesh'
  if (hops.some((hop) => hop.place === 'proxy' && hop.direction === null)) return 'gateway'
  const sends = first !== undefined && hops.includes(first)
  const takes = last !== undefined && last !== first && hops.includes(last)
  const isServer = takes && (last.place === 'app' || (last.place === 'proxy' && last.direction === 'inbound') || !sends)
  return sends && isServer ? 'client and server' : sends ? 'client' : isServer ? 'server' : ''
}

/** What was asked, and how its name became an address. */
type Asked = Pick<Trace, 'request' | 'resolution'>

function tellApp(hop: AppHop, branch: TraceBranch, {request, resolution}: Asked, facts: CaptureFacts): Sentence[] {
  if (hop === branch.hops[0]) return [...tellSender(hop, request, facts), ...tellResolution(resolution)]
  return tellReceiver(hop, branch.outcome.kind !== 'refused')
}

function tellHop(hop: Hop, branch: TraceBranch, trace: Asked, facts: CaptureFacts): Sentence[] {
  switch (hop.place) {
    case 'app':
      return tellApp(hop, branch, trace, facts)
    case 'proxy':
      return tellProxy(hop, facts)
    case 'netns':
    case 'node':
      return tellRules(hop)
  }
}

/** The way of a branch, its hops numbered and put together by place. */
export function tellPlaces(branch: TraceBranch, trace: Asked, facts: CaptureFacts): PlaceStory[] {
  const groups: {key: string; hops: {hop: Hop; story: HopStory}[]}[] = []
  branch.hops.forEach((hop, index) => {
    const sentences = tellHop(hop, branch, trace, facts)
    const failed = sentences.some((sentence) => sentence.failed && sentence === sentences.at(-1))
    const story = {number: index + 1, label: label(hop), hop, failed, sentences}
    const last = groups.at(-1)
    if (last !== undefined && last.key === placeKey(hop)) last.hops.push({hop, story})
    else groups.push({key: placeKey(hop), hops: [{hop, story}]})
  })
  return groups.map(({hops}) => ({
    name: hops[0] === undefined ? '' : placeName(hops[0].hop),
    role: role(
      hops.map(({hop}) => hop),
      branch.hops[0],
      branch.hops.at(-1),
    ),
    hops: hops.map(({story}) => story),
  }))
}
