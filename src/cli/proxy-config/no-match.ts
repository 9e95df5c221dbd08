import {nearest} from '../nearest.js'

/** A filter that was given, and what it could have been. */
export interface Filter {
  flag: string
  /** Empty texts and 0 filter nothing. */
  value: string | number
  known: readonly (string | number)[]
  /** Does a value that is there pass the filter? By default when it is equal. */
  passes?: (known: string | number) => boolean
}

/** Why nothing was found, for people: the first filter that no value passes, with the nearest values; else that all together are too much. */
export function noMatch(what: string, filters: readonly Filter[]): string | null {
  const given = filters.filter(({value}) => value !== '' && value !== 0)
  const alone = given.find(({value, known, passes = (own) => own === value}) => !known.some(passes))
  if (alone) return `no ${what} for ${alone.flag} ${alone.value}${suggestion(alone)}`
  if (given.length === 0) return null
  return `no ${what} passes all of ${given.map(({flag, value}) => `${flag} ${value}`).join(' ')}`
}

function suggestion({value, known}: Filter): string {
  const near = typeof value === 'number' ? nearestNumbers(value, known) : nearestTexts(value, known.map(String))
  return near.length === 0 ? '' : `; nearest: ${near.join(', ')}`
}

const nearestNumbers = (value: number, known: readonly (string | number)[]): number[] =>
  [...new Set(known)]
    .filter((own): own is number => typeof own === 'number')
    .sort((a, b) => Math.abs(a - value) - Math.abs(b - value) || a - b)
    .slice(0, 3)

/** Names that hold the text, or that it holds, come before those that are spelled alike. */
function nearestTexts(value: string, known: readonly string[]): string[] {
  const [asked, all] = [value.toLowerCase(), [...new Set(known)].filter((own) => own !== '')]
  const related = all.filter((own) => own.toLowerCase().includes(asked) || asked.includes(own.toLowerCase()))
  if (related.length > 0) return related.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, 3)
  const whole = nearest(value, all, 3)
  return whole.length > 0 ? whole : nearestByFirstLabel(value, all)
}

/** Nobody types a whole host name: `reviewz` means `reviews.default.svc.cluster.local`. */
function nearestByFirstLabel(value: string, known: readonly string[]): string[] {
  const byLabel = new Map(known.map((own) => [own.split(/[.:]/)[0] ?? '', own]))
  return nearest(value, byLabel.keys(), 3).flatMap((label) => byLabel.get(label) ?? [])
}
