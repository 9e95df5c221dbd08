import {checkRules, type PodToCheck} from '../../../src/netfilter/check/check-rules.js'
import type {CheckResult, Finding} from '../../../src/netfilter/check/finding.js'
import {podIntent} from '../../../src/netfilter/check/pod-intent.js'
import type {Environment} from '../../../src/netfilter/environment.js'
import {parseRules} from '../../../src/netfilter/parse/parse-rules.js'
import {pod, table} from '../rules.js'

/** What istio-iptables writes in REDIRECT mode, without what a test takes away or puts in. */
export const istio = {
  inbound: [
    '-A PREROUTING -p tcp -j ISTIO_INBOUND',
    '-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN',
    '-A ISTIO_INBOUND -p tcp -m tcp --dport 15090 -j RETURN',
    '-A ISTIO_INBOUND -p tcp -m tcp --dport 15021 -j RETURN',
    '-A ISTIO_INBOUND -p tcp -m tcp --dport 15020 -j RETURN',
    '-A ISTIO_INBOUND -p tcp -j ISTIO_IN_REDIRECT',
    '-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006',
  ],
  outbound: [
    '-A OUTPUT -j ISTIO_OUTPUT',
    '-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN',
    '-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp -m tcp ! --dport 15008 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT',
    '-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner 1337 -j RETURN',
    '-A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN',
    '-A ISTIO_OUTPUT -m owner --gid-owner 1337 -j RETURN',
    '-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN',
    '-A ISTIO_OUTPUT -j ISTIO_REDIRECT',
    '-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001',
  ],
}

export const command =
  "pilot-agent istio-iptables '-p' '15001' '-z' '15006' '-u' '1337' '-m' 'REDIRECT' '-i' '*' '-b' '*' '-d' '15090,15021,15020'"

export const listening: Environment = {
  ...pod,
  interfaces: [
    {name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128']},
    {name: 'eth0', index: 2, addresses: ['10.244.1.5/24', 'fe80::1/64']},
  ],
  listeners: [15001, 15006, 9080].map((port) => ({proto: 'tcp', address: '0.0.0.0', port})),
}

export const podWith = (more: Partial<PodToCheck> = {}, annotations: Record<string, string> = {}): PodToCheck => ({
  ports: [9080],
  appUid: 1000,
  proxyUid: 1337,
  proxyGid: 1337,
  intent: podIntent(command, annotations, 'REDIRECT'),
  ...more,
})

/** The check of nat rules, and of other texts beside them. */
export function check(
  lines: readonly string[],
  {
    facts = podWith(),
    environment = listening,
    beside = [],
  }: {facts?: PodToCheck | null; environment?: Environment; beside?: readonly string[]} = {},
): CheckResult {
  const texts = [table('nat', ...lines), ...beside]
  return checkRules(
    texts.map((text, i) => parseRules(text, {origin: `rules ${i}`, family: 'ip'})),
    environment,
    facts,
  )
}

/** The findings of one kind. */
export const found = <K extends Finding['kind']>({findings}: CheckResult, kind: K): Extract<Finding, {kind: K}>[] =>
  findings.flatMap(({finding}) => (isKind(finding, kind) ? [finding] : []))

const isKind = <K extends Finding['kind']>(finding: Finding, kind: K): finding is Extract<Finding, {kind: K}> =>
  finding.kind === kind

/** The kinds that were found. */
export const kinds = ({findings}: CheckResult): string[] => [...new Set(findings.map(({finding}) => finding.kind))]
