import {describe, expect, it} from 'vitest'
import {evaluatePacket, prepare} from '../../src/netfilter/evaluate/evaluate.js'
import {type Form, kernelCases, misfit, rulesOf} from './kernel-cases.js'

const forms: Record<Form, string> = {
  save: 'iptables-save, or nft list ruleset where nft made the rules',
  json: 'nft -j list ruleset',
  S: 'iptables -S',
  L: 'iptables -L -v -n --line-numbers',
}

for (const [form, title] of Object.entries(forms) as [Form, string][]) {
  describe(`what the kernel did, told from ${title}`, () => {
    for (const one of kernelCases) {
      const families = [false, true].flatMap((six) => {
        const asked = one.packets.filter(({packet}) => packet.src.includes(':') === six)
        const rulesets = asked.length > 0 ? rulesOf(one, form, six) : null
        return rulesets ? [{asked, prepared: prepare(rulesets, one.env)}] : []
      })
      if (families.length === 0) continue
      it(`${one.name}: verdict, redirect, mark and the rules hit, in order`, () => {
        for (const {asked, prepared} of families) {
          for (const {packet, truth} of asked) {
            const branches = evaluatePacket(prepared, packet.hook, packet, {alternatives: true})
            expect(misfit(branches, truth), JSON.stringify(packet)).toBeNull()
            expect(branches.reduce((sum, {probability}) => sum + probability, 0)).toBeCloseTo(1, 9)
          }
        }
      })
    }
  })
}
