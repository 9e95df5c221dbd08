import type {Check} from '../../decision/check.js'
import type {Step} from '../../decision/step.js'
import {sayHolds} from './check.js'

/** How a reader says what a rule asks of a packet, by iptables' and nftables' names. */
const traits: Record<string, string> = {
  dport: 'to port',
  'tcp dport': 'to port',
  sport: 'from port',
  'tcp sport': 'from port',
  src: 'from',
  'ip saddr': 'from',
  'ip6 saddr': 'from',
  dst: 'to',
  'ip daddr': 'to',
  'ip6 daddr': 'to',
  out: 'over',
  oif: 'over',
  oifname: 'over',
  in: 'in over',
  iif: 'in over',
  iifname: 'in over',
  skuid: 'by uid',
  skgid: 'by gid',
  owner: 'by',
}

const isProtocol = ({field}: Check): boolean => field === 'protocol' || field === 'proto'

const plainAddress = (want: string): string => want.replace(/\/(32|128)$/, '')

/** `to port` and `8888`; null for what tells a reader nothing (the protocol is always TCP here). */
function trait(check: Check): [string, string] | null {
  const want = plainAddress(check.want)
  return isProtocol(check) || /^(?:[ug]id )?!/.test(want) ? null : [traits[check.field] ?? check.field, want]
}

/** Traits with the same word share it: `to port 15008, 15090`. */
function grouped(all: readonly [string, string][]): string[] {
  const byWord = new Map<string, Set<string>>()
  for (const [word, want] of all) byWord.set(word, (byWord.get(word) ?? new Set()).add(want))
  return [...byWord].map(([word, wants]) => `${word} ${[...wants].join(', ')}`)
}

const held = (check: Check): string => {
  if (check.field === 'chance') return `by chance, ${check.got}`
  const word = traits[check.field]
  const want = plainAddress(check.want)
  if (word === undefined || check.holds !== 'yes') return sayHolds(check)
  return /^(?:[ug]id )?!/.test(want) ? `not ${word} ${want.replace('!', '').trim()}` : `${word} ${want}`
}

const most = 5

const chainOf = ({at}: Step): string => at.replace(/:rule:[^:]*$/, '')

/** The rules of the step's chain that the packet did not fit, also those before a rule that led into another chain and back. */
const passedInChain = (step: Step, steps: readonly Step[]): Step['passedOver'] =>
  steps
    .slice(0, steps.indexOf(step))
    .filter((each) => each.level === 'rule' && chainOf(each) === chainOf(step))
    .concat(step)
    .flatMap(({passedOver}) => passedOver)

/**
 * Why a rule decided: what it asks for and the packet has; else the rules before it, which asked for something else. `steps` are all
 * of the passage.
 */
export function sayRule(step: Step, steps: readonly Step[] = []): string | null {
  const because = step.because.filter((check) => !isProtocol(check))
  if (because.length > 0) return because.map(held).join(', ')
  const failed = passedInChain(step, steps)
    .filter(({check}) => check.holds === 'no')
    .map(({check}) => trait(check))
  const passed = grouped(failed.filter((each) => each !== null))
  if (passed.length === 0) return null
  const more = passed.length > most ? `, and ${passed.length - most} more` : ''
  return `no exception fits: ${passed.slice(0, most).join(', ')}${more}`
}

const redirects = /^(?:REDIRECT|DNAT|TPROXY)\b/i

/**
 * The step that tells why: the last rule that compared something besides the protocol; the others only lead on. Where the
 * packet is redirected, what came after that does not count.
 */
export function tellingStep(steps: readonly Step[], redirected: boolean): Step | null {
  const all = steps.filter(({level}) => level === 'rule')
  const turn = all.findLastIndex(({decided}) => redirects.test(decided ?? ''))
  const rules = redirected && turn !== -1 ? all.slice(0, turn + 1) : all
  const compares = ({because, passedOver}: Step): boolean =>
    passedOver.length > 0 || because.some((check) => !isProtocol(check))
  return rules.findLast(compares) ?? rules.at(-1) ?? null
}
