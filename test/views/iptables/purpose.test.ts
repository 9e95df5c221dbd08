import {describe, expect, it} from 'vitest'
import {parseRules} from '../../../src/netfilter/parse/parse-rules.js'
import {overviewOf} from '../../../src/netfilter/rule-overview.js'
import {saySentence} from '../../../src/views/iptables/purpose.js'
import {table} from '../../netfilter/rules.js'

/** The sentence of the last rule, with `before` around it. */
function sentence(name: string, rule: string, ...before: string[]): string | null {
  const ruleset = parseRules(table(name, ...before, rule), {origin: 'rules'})
  const chain = rule.split(' ')[1]
  const last = overviewOf([ruleset])
    .find((one) => one.chain === chain)
    ?.rules.at(-1)
  return last === undefined ? null : saySentence(last)
}

const redirect = '-A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001'
const inRedirect = '-A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006'

describe('a rule of Istio says what it is for', () => {
  it.each([
    ['nat', redirect, [], "the proxy's outbound listener, port 15001"],
    ['nat', inRedirect, [], "the proxy's inbound listener, port 15006"],
    ['nat', '-A ISTIO_INBOUND -p tcp -m tcp --dport 15008 -j RETURN', [], 'HBONE'],
    ['nat', '-A ISTIO_INBOUND -p tcp -m tcp --dport 15020 -j RETURN', [], 'merged Prometheus metrics'],
    ['nat', '-A ISTIO_INBOUND -p tcp -m tcp --dport 15021 -j RETURN', [], 'readiness'],
    ['nat', '-A ISTIO_INBOUND -p tcp -m tcp --dport 15090 -j RETURN', [], 'its own Prometheus metrics'],
    ['nat', '-A ISTIO_INBOUND -p tcp -m tcp --dport 22 -j RETURN', [], 'excludeInboundPorts'],
    ['nat', '-A ISTIO_INBOUND -p tcp -m tcp --dport 9080 -j ISTIO_IN_REDIRECT', [inRedirect], 'includeInboundPorts'],
    ['nat', '-A ISTIO_OUTPUT -s 127.0.0.6/32 -o lo -j RETURN', [], 'from 127.0.0.6'],
    ['nat', '-A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN', [], "The proxy's own traffic (user 1337)"],
    ['nat', '-A ISTIO_OUTPUT -m owner --gid-owner 1337 -j RETURN', [], "The proxy's own traffic (group 1337)"],
    [
      'nat',
      '-A ISTIO_OUTPUT ! -d 127.0.0.1/32 -o lo -p tcp -m tcp ! --dport 15008 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT',
      [inRedirect],
      'The pod calls itself',
    ],
    ['nat', '-A ISTIO_OUTPUT -o lo -m owner ! --uid-owner 1337 -j RETURN', [], 'The app talks to itself over lo'],
    ['nat', '-A ISTIO_OUTPUT -d 127.0.0.1/32 -j RETURN', [], 'localhost stays'],
    ['nat', '-A ISTIO_OUTPUT -p tcp -m tcp --dport 8888 -j RETURN', [], 'excludeOutboundPorts'],
    ['nat', '-A ISTIO_OUTPUT -p tcp -m tcp --dport 8888 -j ISTIO_REDIRECT', [redirect], 'includeOutboundPorts'],
    ['nat', '-A ISTIO_OUTPUT -d 192.168.0.0/16 -j RETURN', [], 'excludeOutboundIPRanges'],
    ['nat', '-A ISTIO_OUTPUT -d 10.96.0.0/12 -j ISTIO_REDIRECT', [redirect], 'includeOutboundIPRanges'],
    ['nat', '-A ISTIO_OUTPUT -m owner --uid-owner 2000-3000 -j RETURN', [], 'user 2000:3000 sends alone'],
    [
      'nat',
      '-A ISTIO_OUTPUT -d 10.96.0.10/32 -p udp -m udp --dport 53 -j REDIRECT --to-ports 15053',
      [],
      "DNS over udp to 10.96.0.10 goes to the agent's DNS proxy on port 15053",
    ],
    ['raw', '-A OUTPUT -p udp -m udp --dport 53 -m owner --uid-owner 1337 -j CT --zone 1', [], 'Conntrack zone 1'],
    ['nat', '-A PREROUTING -d 10.0.0.0/8 -i net1 -j ISTIO_REDIRECT', [redirect], 'kubevirtInterfaces'],
    [
      'nat',
      '-A PREROUTING -i net1 -j RETURN',
      ['-A PREROUTING -i net1 -j ISTIO_REDIRECT', redirect],
      'kubevirtInterfaces',
    ],
    [
      'mangle',
      '-A PREROUTING -m conntrack --ctstate INVALID -j ISTIO_DROP',
      ['-A ISTIO_DROP -j DROP'],
      'conntrack finds invalid',
    ],
    [
      'mangle',
      '-A ISTIO_TPROXY ! -d 127.0.0.1/32 -p tcp -j TPROXY --on-port 15006 --on-ip 0.0.0.0 --tproxy-mark 0x539/0xffffffff',
      [],
      'transparent listener on port 15006',
    ],
  ])('%s %s', (name, rule, before, words) => {
    expect(sentence(name, rule, ...before)).toContain(words)
  })
})
