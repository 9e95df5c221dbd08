import {type Network, parseNetwork} from '../../address/network.js'

/** What interception is asked to do, in the words of Istio's annotations. `*`: all; null: not said. */
export interface PodIntent {
  mode: 'REDIRECT' | 'TPROXY' | 'NONE'
  outboundPort: number
  inboundPort: number
  proxyUids: number[]
  proxyGids: number[]
  includeInboundPorts: number[] | '*'
  excludeInboundPorts: number[]
  includeOutboundPorts: number[]
  excludeOutboundPorts: number[]
  includeOutboundRanges: Network[] | '*'
  excludeOutboundRanges: Network[]
}

/** The ports of the proxy itself, which are never to be redirected (istio-iptables adds them to every list). */
const proxyPorts = [15020, 15021, 15090]

const prefix = 'traffic.sidecar.istio.io/'

/** Flags of istio-iptables, by both their names. */
const flagNames: Readonly<Record<string, keyof Texts>> = {
  '-p': 'outboundPort',
  '--envoy-port': 'outboundPort',
  '-z': 'inboundPort',
  '--inbound-capture-port': 'inboundPort',
  '-u': 'uid',
  '--proxy-uid': 'uid',
  '-g': 'gid',
  '--proxy-gid': 'gid',
  '-m': 'mode',
  '--istio-inbound-interception-mode': 'mode',
  '-i': 'includeOutboundRanges',
  '--istio-service-cidr': 'includeOutboundRanges',
  '-x': 'excludeOutboundRanges',
  '--istio-service-exclude-cidr': 'excludeOutboundRanges',
  '-b': 'includeInboundPorts',
  '--istio-inbound-ports': 'includeInboundPorts',
  '-d': 'excludeInboundPorts',
  '--istio-local-exclude-ports': 'excludeInboundPorts',
  '-q': 'includeOutboundPorts',
  '--istio-outbound-ports': 'includeOutboundPorts',
  '-o': 'excludeOutboundPorts',
  '--istio-local-outbound-ports-exclude': 'excludeOutboundPorts',
}

interface Texts {
  mode?: string
  outboundPort?: string
  inboundPort?: string
  uid?: string
  gid?: string
  includeInboundPorts?: string
  excludeInboundPorts?: string
  includeOutboundPorts?: string
  excludeOutboundPorts?: string
  includeOutboundRanges?: string
  excludeOutboundRanges?: string
}

/**
 * What a pod asks of its rules: the command line of istio-iptables, over which annotations go, as the injector turns them into it.
 * null where neither is known.
 */
export function podIntent(
  command: string | null,
  annotations: Readonly<Record<string, string>>,
  mode: string | null,
): PodIntent | null {
  const asked: Texts = {...(command === null ? {} : readCommand(command)), ...readAnnotations(annotations)}
  if (Object.keys(asked).length === 0 && mode === null) return null
  const word = (asked.mode ?? mode ?? 'REDIRECT').toUpperCase()
  return {
    mode: word === 'TPROXY' || word === 'NONE' ? word : 'REDIRECT',
    outboundPort: numbers(asked.outboundPort)[0] ?? 15001,
    inboundPort: numbers(asked.inboundPort)[0] ?? 15006,
    proxyUids: orDefault(numbers(asked.uid), 1337),
    proxyGids: orDefault(numbers(asked.gid), 1337),
    includeInboundPorts: asked.includeInboundPorts === undefined ? '*' : starOr(asked.includeInboundPorts, numbers),
    excludeInboundPorts: [...new Set([...numbers(asked.excludeInboundPorts), ...proxyPorts])],
    includeOutboundPorts: numbers(asked.includeOutboundPorts),
    excludeOutboundPorts: numbers(asked.excludeOutboundPorts),
    includeOutboundRanges:
      asked.includeOutboundRanges === undefined ? '*' : starOr(asked.includeOutboundRanges, networks),
    excludeOutboundRanges: networks(asked.excludeOutboundRanges),
  }
}

const orDefault = (given: number[], otherwise: number): number[] => (given.length > 0 ? given : [otherwise])

const words = (text: string | undefined): string[] => (text ?? '').split(',').map((word) => word.trim())

const numbers = (text: string | undefined): number[] =>
  words(text).flatMap((word) => (/^\d+$/.test(word) ? Number(word) : []))

const networks = (text: string | undefined): Network[] => words(text).flatMap((word) => parseNetwork(word) ?? [])

const starOr = <T>(text: string, read: (text: string) => T[]): T[] | '*' => (text.trim() === '*' ? '*' : read(text))

/** Words of a command line with the shell's quotes taken off. */
const shellWords = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"]+)/g)].map(([, one, two, plain]) => one ?? two ?? plain ?? '')

function readCommand(line: string): Texts {
  const asked: Texts = {}
  const all = shellWords(line)
  for (const [i, word] of all.entries()) {
    const [flag = '', value] = word.split('=', 2)
    const name = flagNames[flag]
    if (name !== undefined) asked[name] = value ?? all[i + 1] ?? ''
  }
  return asked
}

function readAnnotations(annotations: Readonly<Record<string, string>>): Texts {
  const asked: Texts = {}
  const take = (name: keyof Texts, annotation: string): void => {
    const value = annotations[annotation]
    if (value !== undefined) asked[name] = value
  }
  take('mode', 'sidecar.istio.io/interceptionMode')
  take('includeInboundPorts', `${prefix}includeInboundPorts`)
  take('excludeInboundPorts', `${prefix}excludeInboundPorts`)
  take('includeOutboundPorts', `${prefix}includeOutboundPorts`)
  take('excludeOutboundPorts', `${prefix}excludeOutboundPorts`)
  take('includeOutboundRanges', `${prefix}includeOutboundIPRanges`)
  take('excludeOutboundRanges', `${prefix}excludeOutboundIPRanges`)
  return asked
}
