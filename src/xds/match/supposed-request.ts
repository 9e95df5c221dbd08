import {DataError} from '../../errors.js'
import {isObject, type JsonObject} from '../parse/field.js'
import type {Suppositions} from './request.js'

/** The random value that Envoy is supposed to draw for the request: `--assume random=42`; null where nothing is supposed. */
export function supposedRandom(suppositions: Suppositions): bigint | null {
  const text = suppositions['random']
  if (text === undefined) return null
  if (!/^\d+$/.test(text)) throw new DataError('is not a whole number', `--assume random=${text}`)
  return BigInt(text)
}

/**
 * Dynamic metadata that is supposed to be there when the request arrives, by namespace:
 * `--assume 'dynamic_metadata={"my.filter": {"key": "value"}}'`.
 */
export function supposedMetadata(suppositions: Suppositions): Record<string, JsonObject> {
  const text = suppositions['dynamic_metadata']
  if (text === undefined) return {}
  const metadata: Record<string, JsonObject> = {}
  for (const [namespace, values] of Object.entries(readJson(text, 'dynamic_metadata'))) {
    if (!isObject(values)) throw new DataError('is not a JSON object', `--assume dynamic_metadata, ${namespace}`)
    metadata[namespace] = values
  }
  return metadata
}

/** Headers that something outside is supposed to set, names in lower case. */
export function supposedHeaders(suppositions: Suppositions, key: string): [string, string][] {
  const text = suppositions[key]
  if (text === undefined) return []
  return Object.entries(readJson(text, key)).map(([name, value]) => [name.toLowerCase(), String(value)])
}

function readJson(text: string, key: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch (error) {
    throw new DataError('is not JSON', `--assume ${key}`, null, {cause: error})
  }
  throw new DataError('is not a JSON object', `--assume ${key}`)
}
