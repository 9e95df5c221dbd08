import {parseRules} from './parse/parse-rules.js'
import type {Ruleset, Table} from './ruleset.js'

/** Files of a place in a snapshot that hold rules, by what they are. */
const saveFiles = [
  'iptables-save.txt',
  'ip6tables-save.txt',
  'iptables-legacy-save.txt',
  'ip6tables-legacy-save.txt',
] as const

/**
 * The rule sets in force at one place (a pod, a node, a process), by the names that its files have in a snapshot. iptables' own listings go
 * before nft's of the same tables, which has lost some of their words. `where` names the place in errors. Empty: no rules were captured.
 */
export function readPlaceRules(text: (file: string) => string | null, where: string): Ruleset[] {
  const rulesets: Ruleset[] = []
  for (const file of saveFiles) {
    const save = text(file)
    if (save !== null)
      rulesets.push(parseRules(save, {origin: `${where}/${file}`, family: file.startsWith('ip6') ? 'ip6' : 'ip'}))
  }
  const nft = readNft(text, where)
  return withoutDuplicates(nft === null ? rulesets : [...rulesets, nft])
}

/** nft's JSON is exact for what nft made, and keeps nothing of iptables' extensions: then its text tells more. */
function readNft(text: (file: string) => string | null, where: string): Ruleset | null {
  const [json, plain] = [text('nft-ruleset.json'), text('nft-ruleset.txt')]
  const usePlain = plain !== null && (json === null || /"xt"\s*:/.test(json))
  const chosen = usePlain ? plain : json
  return chosen === null ? null : parseRules(chosen, {origin: `${where}/nft-ruleset.${usePlain ? 'txt' : 'json'}`})
}

/** Tables that iptables-nft made are listed by nft as well: they are in force once. x_tables' own are not listed by nft, and count beside it. */
export function withoutDuplicates(rulesets: readonly Ruleset[]): Ruleset[] {
  const saved = rulesets
    .filter(({format, backend}) => format.startsWith('iptables') && backend !== 'legacy')
    .flatMap(({tables}) => tables)
  const isSaved = (table: Table): boolean =>
    !table.native &&
    saved.some(({family, name}) => name === table.name && (family === table.family || family === 'inet'))
  return rulesets.map((ruleset) => {
    if (!ruleset.format.startsWith('nft')) return ruleset
    return {...ruleset, tables: ruleset.tables.filter((table) => !isSaved(table))}
  })
}
