import {readFileSync} from 'node:fs'
import {isObject, type JsonObject} from '../../../src/xds/parse/field.js'

/** A recording of a real Envoy, from the fixtures. */
export function recorded(name: string): JsonObject {
  const url = new URL(`../../fixtures/upstream/${name}.json`, import.meta.url)
  const value: unknown = JSON.parse(readFileSync(url, 'utf8'))
  if (!isObject(value)) throw new Error(`${name} is no recording`)
  return value
}
