import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {gunzipSync} from 'node:zlib'
import type {Environment} from '../../src/netfilter/environment.js'
import type {HookPath, Packet} from '../../src/netfilter/packet.js'
import type {PacketBranch} from '../../src/netfilter/packet-trace.js'
import {parseRules} from '../../src/netfilter/parse/parse-rules.js'
import type {Ruleset} from '../../src/netfilter/ruleset.js'
import {root} from '../setup/run-bin.js'

/** What the kernel did with a packet. */
export interface Truth {
  verdict: string
  redirectedTo: string | null
  markAfter: number
  rules: string[]
  /** Chance had a part in it. */
  random: boolean
  range?: boolean
  tproxy?: number
}

export interface KernelCase {
  name: string
  env: Environment
  rules: Record<string, unknown>
  packets: {packet: Packet & {hook: HookPath}; truth: Truth}[]
}

interface KernelCases {
  cases: KernelCase[]
}

/** Rule sets that a real kernel ran, with packets and what became of them. */
export const kernelCases: readonly KernelCase[] = (
  JSON.parse(gunzipSync(readFileSync(join(root, 'test/fixtures/netfilter/kernel.json.gz'))).toString()) as KernelCases
).cases

export type Form = 'save' | 'json' | 'S' | 'L'

/** The rules of a case in one form and family; null where it has none. */
export function rulesOf({name, rules}: KernelCase, form: Form, six: boolean): Ruleset[] | null {
  const tool = six ? 'ip6tables' : 'iptables'
  const nft = rules['nft']
  if (form === 'json') return rules['nft-json'] ? [parseRules(JSON.stringify(rules['nft-json']), {origin: name})] : null
  if (form === 'save' && typeof nft === 'string') return [parseRules(nft, {origin: name})]
  const found =
    rules[form === 'save' ? `${tool}-save` : form === 'S' ? `${tool} -S` : `${tool} -L -v -n --line-numbers`]
  if (typeof found === 'string') return [parseRules(found, {origin: name})]
  if (typeof found !== 'object' || found === null) return null
  return Object.entries(found).map(([table, text]) => parseRules(String(text), {origin: name, table}))
}

const bare = (names: readonly string[]): string => names.map((name) => name.replace(/^(ip6?|inet) /, '')).join(' ')
const portOf = (text: string | null): string | undefined => text?.slice(text.lastIndexOf(':') + 1)

/** What differs between a branch and the truth. */
export function differences(branch: PacketBranch, truth: Truth): string[] {
  const wrong: string[] = []
  if (bare(branch.rules) !== bare(truth.rules)) wrong.push(`rules ${branch.rules.join(' ')}`)
  if (branch.verdict !== truth.verdict) wrong.push(`verdict ${branch.verdict}`)
  if (truth.verdict !== 'accept') return wrong
  const to = branch.redirectedTo
  const fits = truth.tproxy
    ? portOf(to) === String(truth.tproxy)
    : truth.range
      ? (to === null) === (truth.redirectedTo === null)
      : to === truth.redirectedTo
  if (!fits) wrong.push(`redirected to ${to}`)
  if ((branch.packet.mark ?? 0) !== truth.markAfter) wrong.push(`mark ${branch.packet.mark}`)
  return wrong
}

/** Nothing, where the answer fits; where chance has a part any branch may. */
export function misfit(branches: readonly PacketBranch[], truth: Truth): string | null {
  const [only] = branches
  if (!truth.random)
    return branches.length === 1 && only ? differences(only, truth).join(', ') || null : `${branches.length} branches`
  return branches.some((branch) => differences(branch, truth).length === 0) ? null : 'no branch fits'
}
