import {UsageError} from '../errors.js'
import type {Suppositions} from '../xds/match/request.js'
import {Flags} from './oclif.js'

export const suppositionFlag = Flags.string({
  summary: 'Suppose what only a running system knows, e.g. ext_authz=deny.',
  multiple: true,
  helpValue: 'THING=ANSWER',
})

/** `ext_authz=deny` lines as a table. @throws UsageError for a line without `=` */
export function parseSuppositions(lines: readonly string[] | undefined): Suppositions {
  const pairs = (lines ?? []).map((line): [string, string] => {
    const cut = line.indexOf('=')
    if (cut < 1) throw new UsageError('is no THING=ANSWER', `--assume ${line}`)
    return [line.slice(0, cut), line.slice(cut + 1)]
  })
  return Object.fromEntries(pairs)
}
