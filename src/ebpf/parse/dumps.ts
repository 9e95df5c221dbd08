import type {HookMaps} from '../interception.js'
import type {MapRole, RecognisedMap} from '../program.js'
import {address4, address16, readBytes, u32, u64} from './bytes.js'
import {readMembership, readOrigin, readPair, readPodConfig} from './content.js'
import {type Fields, isFields, readAnswer} from './json.js'

/** The text of a map's dump, by the map; null where it was not dumped. */
export type FindDump = (map: RecognisedMap) => {file: string; text: string} | null

interface Entry {
  key: number[]
  /** Null where the kernel gave none: of a sockhash only keys can be read with a value size of 4. */
  value: number[] | null
}

/** Decodes what the maps hold; what cannot be read is said in `warnings`. */
export function readContent(maps: readonly RecognisedMap[], find: FindDump, warnings: string[]): HookMaps {
  const entries = (role: MapRole): Entry[] | null =>
    entriesOf(
      maps.filter((map) => map.role === role),
      find,
      warnings,
    )
  const table = <K, V>(
    role: MapRole,
    key: (bytes: number[]) => K,
    value: (bytes: number[]) => V,
  ): ReadonlyMap<K, V> | null => {
    const found = entries(role)
    return (
      found &&
      new Map(found.flatMap((entry) => (entry.value === null ? [] : [[key(entry.key), value(entry.value)] as const])))
    )
  }
  const settings = table(
    'settings',
    (bytes) => u32(bytes, 0),
    (bytes) => address16(bytes, 0),
  )
  const sockets = entries('sockets')
  return {
    originals: table('originals', (bytes) => String(u64(bytes, 0)), readOrigin),
    pairs: table('pairs', readPair, readOrigin),
    sockets: sockets && new Set(sockets.map(({key}) => readPair(key))),
    memberships: table('memberships', (bytes) => u64(bytes, 0), readMembership),
    pods: table('pods', (bytes) => address16(bytes, 0) ?? '0.0.0.0', readPodConfig),
    processes: table(
      'processes',
      (bytes) => u32(bytes, 0),
      (bytes) => address4(bytes, 0),
    ),
    marks: table(
      'marks',
      (bytes) => u32(bytes, 0),
      (bytes) => address16(bytes, 0) ?? '0.0.0.0',
    ),
    // Key 1 of the settings (cni-plugin.go).
    ztunnel: settings?.get(1) ?? null,
  }
}

/** The entries of every map of one role that was dumped; null where none was. */
function entriesOf(maps: readonly RecognisedMap[], find: FindDump, warnings: string[]): Entry[] | null {
  const dumped = maps.flatMap((map) => {
    const found = find(map)
    return found === null ? [] : [{map, ...found}]
  })
  const lists = dumped.flatMap(({map, file, text}) => {
    const answer = readAnswer(text)
    if (answer.kind === 'list') return [answer.items.flatMap((item) => entryOf(item, map, file, warnings))]
    warnings.push(`${file}: ${answer.kind === 'refused' ? `bpftool says ${answer.says}` : answer.says}`)
    return []
  })
  return lists.length === 0 ? null : lists.flat()
}

function entryOf(item: Fields, map: RecognisedMap, file: string, warnings: string[]): Entry[] {
  const key = readBytes(item['key'], map.keyBytes)
  if (key === null) {
    warnings.push(`${file}: a key of ${map.name} is not ${map.keyBytes} bytes`)
    return []
  }
  const failed = isFields(item['value']) && 'error' in item['value']
  const value = failed ? null : readBytes(item['value'], map.valueBytes)
  if (value === null && !failed) warnings.push(`${file}: a value of ${map.name} is not ${map.valueBytes} bytes`)
  return [{key, value}]
}
