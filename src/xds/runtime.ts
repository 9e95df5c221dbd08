import {isObject, type JsonObject, member, number, object, string} from './parse/field.js'
import type {Proxy as Envoy} from './proxy.js'

/** The value of a runtime key: of `/runtime` where that was read, else of the bootstrap's layers; undefined where unset. */
export function runtimeValue({dump, state}: Envoy, key: string): unknown {
  if (key === '') return undefined
  const entries = isObject(state.runtime) ? object(state.runtime, 'entries') : undefined
  const entry = entries && object(entries, key)
  if (entry) return member(entry, 'final_value')
  return dump.runtime.get(key)
}

const denominators: Record<string, number> = {HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000}

/** How many of `of` equally likely values are taken. */
export interface Fraction {
  of: number
  taken: number
}

/** Reads a `FractionalPercent`; absent members are 0 and HUNDRED. */
export function readFraction(raw: JsonObject): Fraction {
  const of = denominators[string(raw, 'denominator') ?? 'HUNDRED'] ?? 100
  return {of, taken: Math.min(of, number(raw, 'numerator') ?? 0)}
}

/**
 * A `RuntimeFractionalPercent` as it stands now. A whole number in the runtime counts as per cent, and more than 100 as
 * always; anything else there is ignored (Runtime::Snapshot::featureEnabled).
 */
export function runtimeFraction(envoy: Envoy, raw: JsonObject): Fraction {
  const value = runtimeValue(envoy, string(raw, 'runtime_key') ?? '')
  const fraction = typeof value === 'string' && value.trimStart().startsWith('{') ? parsedObject(value) : value
  if (isObject(fraction)) return readFraction(fraction)
  const percent = wholeNumber(value)
  if (percent !== null) return {of: 100, taken: Math.min(100, percent)}
  return readFraction(object(raw, 'default_value') ?? {})
}

/** A runtime value as a whole number: `/runtime` shows numbers as texts. */
export function wholeNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : null
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : null
}

function parsedObject(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // `/runtime` shows structured values in the text format of protobuf, which is no value we can read.
    return text
  }
}
