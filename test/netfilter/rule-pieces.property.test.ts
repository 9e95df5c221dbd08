import fc from 'fast-check'
import {expect, it} from 'vitest'
import {DataError} from '../../src/errors.js'
import {compileRule} from '../../src/netfilter/parse/compile-rule.js'
import {failAt} from '../../src/netfilter/parse/fail.js'
import {readRuleOptions} from '../../src/netfilter/parse/rule-options.js'
import {compilePieces} from '../../src/netfilter/parse/rule-pieces.js'
import {splitWords} from '../../src/netfilter/parse/words.js'
import type {Statement} from '../../src/netfilter/statement.js'

const fail = failAt('rules', 1)
const isChain = (name: string): boolean => name === 'KUBE-SVC-A'

/** What a text comes to; of two things that are wrong in it either may be said first. */
function outcome(compile: () => Statement[] | null): Statement[] | 'refused' | null {
  try {
    return compile()
  } catch (error) {
    if (error instanceof DataError) return 'refused'
    throw error
  }
}

const wordByWord = (text: string): Statement[] =>
  compileRule(readRuleOptions(splitWords(text) ?? fail('has a quote that is not closed'), fail).options, isChain, fail)

const printed = [
  ...['-s 10.0.0.0/8', '! -d 10.96.0.1/32', '-i eth0', '! -o lo', '-p tcp', '! -p udp', '-f', '! -f'],
  ...['-m tcp --dport 80', '-m tcp ! --sport 1:9 --dport 80', '-m udp', '-m comment --comment "a b -m c -j d"'],
  ...['-m comment --comment plain', '-m comment --comment "a \\" -j b \\\\"', '-m mark ! --mark 0x4000/0x4000'],
  ...['-m owner ! --uid-owner 1337', '-m hashlimit --hashlimit-upto 5/sec', '-j KUBE-SVC-A', '-g KUBE-SVC-A'],
  ...['-j DNAT --to-destination 10.0.0.1:80', '-j LOG --log-prefix "a -j b"', '-j RETURN', '-j NFQUEUE --queue-num 1'],
]

const odd = [
  ...[
    '-s ! 10.0.0.0/8',
    '--dport 80',
    '-p tcp --dport 80',
    '--protocol tcp',
    '--jump RETURN',
    '-c 1 2',
    '--comment -m',
  ],
  ...[
    '-m',
    '-j',
    '!',
    '"',
    '"-m"',
    '"a"b"c d"',
    '-m comment --comment',
    '-m comment --comment -j',
    '-x',
    'word',
    '-i "eth0"',
  ],
  ...[
    '-m tcp -s 10.0.0.1 --dport 80',
    '-j DNAT',
    '--to-destination 10.0.0.1',
    '-s nowhere',
    '',
    ' ',
    '-m comment --comment "!"',
  ],
]

it('reads a rule piece by piece as word by word, or leaves it to that', () => {
  const texts = fc
    .array(fc.oneof({weight: 4, arbitrary: fc.constantFrom(...printed)}, fc.constantFrom(...odd)), {maxLength: 7})
    .map((parts) => parts.join(' ').trimEnd())
  let read = 0
  fc.assert(
    fc.property(texts, (text) => {
      const pieces = outcome(() => compilePieces(text, new Map(), isChain, fail))
      if (pieces === null) return
      read++
      expect(pieces).toEqual(outcome(() => wordByWord(text)))
    }),
    {numRuns: 3000},
  )
  expect(read).toBeGreaterThan(300)
})

it('reads everything that iptables-save prints in order piece by piece', () => {
  const ordered = fc.tuple(
    fc.subarray(printed.slice(0, 8)),
    fc.subarray(printed.slice(8, 17)),
    fc.constantFrom(...printed.slice(17)),
  )
  fc.assert(
    fc.property(ordered, ([generic, modules, target]) => {
      const text = [...generic, ...modules, target].join(' ')
      expect(compilePieces(text, new Map(), isChain, fail)).toEqual(wordByWord(text))
    }),
  )
})
