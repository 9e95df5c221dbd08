import type {Purpose, RulePurpose, Writer} from '../../netfilter/purpose.js'

/** Who made a rule, for people. */
export const writerNames: Readonly<Record<Writer, string>> = {
  istio: 'Istio (istio-init or istio-cni)',
  'kube-proxy': 'kube-proxy',
  user: 'not Istio, not kube-proxy',
}

const hex = (value: number | null): string => (value === null ? 'a mark' : `0x${value.toString(16)}`)
const orPort = (port: number | null): string => (port === null ? 'the same port' : `port ${port}`)
const owner = (id: 'uid' | 'gid', value: number | string): string => `${id === 'uid' ? 'user' : 'group'} ${value}`

const portSentences = {
  hbone: 'Leave port 15008 alone: HBONE tunnels of ambient and mTLS peers go to the proxy as they are.',
  agent: 'Leave port 15020 alone: the agent answers there itself (merged Prometheus metrics, rewritten health checks).',
  readiness: 'Leave port 15021 alone: Envoy answers the readiness probe there itself.',
  metrics: 'Leave port 15090 alone: Envoy serves its own Prometheus metrics there.',
} as const

/** A rule's purpose as one plain sentence; null where nothing is known of it. */
export function saySentence({purpose}: RulePurpose): string | null {
  switch (purpose.kind) {
    case 'enter':
      return sayEnter(purpose)
    case 'redirect':
      return sayRedirect(purpose)
    case 'call':
      return purpose.to === 'other'
        ? 'Everything else is left alone.'
        : purpose.to === 'inbound-proxy'
          ? 'Everything else that comes in goes to the proxy.'
          : 'Everything else that goes out goes to the proxy.'
    case 'exclude-port':
      return purpose.of === 'user'
        ? `Leave ${purpose.direction} port ${purpose.ports} alone: excluded by annotation (exclude${purpose.direction === 'inbound' ? 'Inbound' : 'Outbound'}Ports).`
        : portSentences[purpose.of]
    case 'include-port':
      return `Take ${purpose.direction} port ${purpose.ports} to the proxy: named by include${purpose.direction === 'inbound' ? 'Inbound' : 'Outbound'}Ports.`
    case 'exclude-range':
      return `Leave what goes to ${purpose.network} alone: excluded by excludeOutboundIPRanges.`
    case 'include-range':
      return `Take what goes to ${purpose.network} to the proxy: named by includeOutboundIPRanges.`
    case 'exclude-owner':
      return `Leave what ${owner(purpose.id, purpose.range)} sends alone: an excluded owner.`
    case 'include-owner':
      return `Only what ${owner(purpose.id, purpose.range)} sends goes to the proxy.`
    case 'exclude-interface':
      return `Leave interface ${purpose.name} alone: excluded by annotation.`
    case 'passthrough':
      return 'What the proxy hands to its own app (from 127.0.0.6) goes straight to the app, and not back to the proxy.'
    case 'proxy-own':
      return `The proxy's own traffic (${owner(purpose.id, purpose.value)}) leaves as it is: redirected, it would come back to the proxy for ever.`
    case 'self-call':
      return `The pod calls itself: what the proxy (${owner(purpose.id, purpose.value)}) sends to an address of this pod is taken for inbound${purpose.mark === null ? '' : ` (mark ${hex(purpose.mark)})`}.`
    case 'app-over-lo':
      return `The app talks to itself over lo: what anybody but ${owner(purpose.id, purpose.value)}, the proxy, sends there stays as it is.`
    case 'localhost':
      return 'What goes to localhost stays as it is.'
    case 'dns-capture':
      return `DNS over ${purpose.protocol} to ${purpose.server ?? 'any server'} goes to the agent's DNS proxy on ${orPort(purpose.port)}.`
    case 'dns-proxy-own':
      return `DNS queries of the proxy itself (${owner(purpose.id, purpose.value)}) go to the real server.`
    case 'dns-zone':
      return sayZone(purpose)
    case 'drop-invalid':
      return 'Packets that conntrack finds invalid are dropped: NAT would not translate them back, and whoever got them would reset the connection.'
    case 'drop':
      return 'Drops what was sent here.'
    case 'tproxy':
      return `Hands the connection to the proxy's transparent listener on ${orPort(purpose.port)}, its addresses unchanged; mark ${hex(purpose.mark)} keeps it on this machine.`
    case 'divert':
      return sayDivert(purpose)
    case 'tproxy-marked':
      return `Packets that are marked ${hex(purpose.mark)} belong to a connection that the proxy has already.`
    case 'lo-not-self':
      return `Over lo only the pod's calls to itself (mark ${hex(purpose.mark)}) go to the proxy.`
    case 'mark-connection':
      return `Remembers mark ${hex(purpose.mark)} with the connection, for the packets that answer.`
    case 'mark-reply':
      return `Answers of a connection marked ${hex(purpose.mark)} get its mark, and stay on this machine.`
    case 'kube-virt':
      return purpose.action === 'redirect'
        ? `What a virtual machine sends through ${purpose.name} goes to the proxy (kubevirtInterfaces).`
        : `What else comes from the virtual machine's interface ${purpose.name} is left alone (kubevirtInterfaces).`
    case 'ambient':
      return sayAmbient(purpose)
    case 'kube-service':
      return sayService(purpose)
    case 'kube-masquerade':
      return `Gives traffic for services that needs it the node's own address (mark ${hex(purpose.mark)}).`
    case 'kube-other':
      return 'Housekeeping of kube-proxy.'
    case 'user':
      return null
    default:
      return purpose satisfies never
  }
}

function sayEnter({chain, what}: Extract<Purpose, {kind: 'enter'}>): string {
  switch (what) {
    case 'inbound':
      return `What comes in is looked at in ${chain}.`
    case 'outbound':
      return `What goes out is looked at in ${chain}.`
    case 'dns':
      return `DNS is looked at in ${chain}.`
    case 'dns-zones':
      return `${chain} gives DNS packets conntrack zones.`
    case 'services':
      return 'Addresses of services are looked up by kube-proxy.'
    case 'postrouting':
      return "What leaves the node may get the node's own address."
    case 'other':
      return `Goes on in ${chain}.`
    default:
      return what satisfies never
  }
}

function sayRedirect({to, port}: Extract<Purpose, {kind: 'redirect'}>): string {
  if (to === 'inbound-proxy') return `Sends the connection to the proxy's inbound listener, ${orPort(port)}.`
  return to === 'outbound-proxy'
    ? `Sends the connection to the proxy's outbound listener, ${orPort(port)}.`
    : `Sends the connection to ${orPort(port)}.`
}

const zoneSentences = {
  'proxy-query': "the DNS proxy's own queries",
  'proxy-answer': "the DNS proxy's answers to the app",
  'app-query': "the app's queries",
  'server-answer': 'answers of the real server',
} as const

const sayZone = ({zone, of}: Extract<Purpose, {kind: 'dns-zone'}>): string =>
  `Conntrack zone ${zone ?? '?'} for ${zoneSentences[of]}: with equal ports, query and forwarded query would otherwise be one connection.`

function sayDivert({step, mark}: Extract<Purpose, {kind: 'divert'}>): string {
  if (step === 'call') return 'Packets of a connection that is already there go to the socket that has it.'
  return step === 'mark'
    ? `Marks them ${hex(mark)}, so that they stay on this machine.`
    : 'No further rule of this table is asked.'
}

function sayAmbient({what}: Extract<Purpose, {kind: 'ambient'}>): string {
  if (what === 'probe') return "kubelet's probes (from 169.254.7.127) go straight to the app."
  if (what === 'redirect') return "Sends the connection to the node's ztunnel inside this pod."
  return what === 'mark' ? "Tells ztunnel's own connections by their mark." : 'A rule of ambient mode.'
}

function sayService({service, what, probability}: Extract<Purpose, {kind: 'kube-service'}>): string {
  const name = service === null ? 'a service' : `service ${service}`
  const share =
    probability === null ? '' : ` with probability ${Math.round(probability * 1000) / 1000} of those that come so far`
  switch (what) {
    case 'jump':
      return `Traffic for ${name} is handed on${share}.`
    case 'endpoint':
      return `Traffic for ${name} goes to this endpoint${share}.`
    case 'reject':
      return `${name[0]?.toUpperCase()}${name.slice(1)} has no endpoints: refused.`
    case 'masquerade-mark':
      return `Traffic for ${name} is marked, to get the node's own address.`
    case 'no-local':
      return `${name[0]?.toUpperCase()}${name.slice(1)} has no endpoint on this node: dropped.`
    default:
      return what satisfies never
  }
}
