import {purposeOf} from '../../netfilter/purpose.js'
import type {Chain, Ruleset, Table} from '../../netfilter/ruleset.js'
import type {Place} from '../place.js'

const ofIstio = (name: string): boolean => name.toUpperCase().replaceAll('-', '_').startsWith('ISTIO_')

/** A place as it would be without Istio's interception: what others wrote stays. A table that it made is gone with its rules. */
export function withoutIstio(place: Place): Place {
  const {ipRules, ipRoutes, ...environment} = place.environment
  return {
    ...place,
    rulesets: place.rulesets.map(clear),
    hooks: null,
    environment: {
      ...environment,
      // TPROXY's way back to the local sockets.
      ...(ipRules !== undefined && {ipRules: ipRules.filter((line) => !/\bfwmark 0x539\b/.test(line))}),
      ...(ipRoutes !== undefined && {ipRoutes: ipRoutes.filter((line) => !/\btable 133\b/.test(line))}),
    },
  }
}

function clear(ruleset: Ruleset): Ruleset {
  const tables = ruleset.tables.flatMap((table) => {
    const chains = table.chains.filter(({name}) => !ofIstio(name)).map((chain) => without(table, chain))
    const changed =
      chains.length < table.chains.length || chains.some(({rules}, i) => rules.length !== table.chains[i]?.rules.length)
    const empty = chains.every(({rules, base}) => rules.length === 0 && base?.policy !== 'drop')
    return changed && empty ? [] : [{...table, chains}]
  })
  return {...ruleset, tables}
}

const without = (table: Table, chain: Chain): Chain => ({
  ...chain,
  rules: chain.rules.filter((rule) => purposeOf(table, chain, rule).writer !== 'istio'),
})
