import {type Json, number, text} from '../field.js'

const denominators: Readonly<Record<string, number>> = {HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000}

/** A part of a whole in percent, two decimals at most (four for a part that would be shown as nothing). */
export function share(part: number, whole: number): string {
  if (whole === 0) return '0%'
  const percent = (100 * part) / whole
  return `${Number(percent.toFixed(percent < 0.01 ? 4 : 2))}%`
}

/** Envoy's FractionalPercent; nothing where it is absent, a question mark where its denominator is unknown. */
export function fractionText(fraction: Json | undefined): string {
  const denominator = denominators[text(fraction, 'denominator') ?? 'HUNDRED']
  return denominator === undefined ? '?%' : share(number(fraction, 'numerator') ?? 0, denominator)
}
