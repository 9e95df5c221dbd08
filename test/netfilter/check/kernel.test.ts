import {expect, it} from 'vitest'
import {deadRules} from '../../../src/netfilter/check/dead-rules.js'
import {type KernelCase, kernelCases, rulesOf} from '../kernel-cases.js'

const bare = (name: string): string => name.replace(/^(ip6?|inet) /, '')

/** Rules that are said never to match, and that a packet matched in the kernel all the same. */
function wrongly(one: KernelCase): string[] {
  return [false, true].flatMap((six) => {
    const {findings} = deadRules(rulesOf(one, 'save', six) ?? [])
    const here = findings.filter(({place}) => place.family === 'inet' || (place.family === 'ip6') === six)
    const names = new Set(here.map(({place}) => bare(place.rule ?? '')))
    return one.packets
      .filter(({packet}) => packet.src.includes(':') === six)
      .flatMap(({truth}) => truth.rules.map(bare).filter((name) => names.has(name)))
      .map((name) => `${one.name} ${name}`)
  })
}

it('says of no rule that it never matches that a packet matched in a real kernel', () => {
  expect(kernelCases.flatMap(wrongly)).toEqual([])
})
