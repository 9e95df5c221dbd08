import {DataError} from '../../errors.js'
import {at, isObject, type JsonObject, object, objects, text} from '../json.js'
import {type MosnCluster, readCluster, withChecks} from './cluster.js'
import {type MosnListener, readListener} from './listener.js'
import {type MosnRouter, readRouter} from './router.js'
import {type MosnDocumentKind, mosnDocumentKind} from './shape.js'

/** What one MOSN holds: of its whole dump, of a part of it, or of a configuration file. */
export interface MosnDump {
  document: MosnDocumentKind
  /** `mosn_server_name`, where it is set. */
  serverName: string | null
  listeners: MosnListener[]
  routers: MosnRouter[]
  clusters: MosnCluster[]
  /** Extensions such as `dubbo_registry`: `{type, config}`. */
  extensions: JsonObject[]
  /** Whether lists stand in the order of the configuration; a dump is keyed by name, its order is lost. */
  ordered: boolean
  warnings: string[]
}

export const whatToPassOfMosn = 'Pass the answer of MOSN’s /api/v1/config_dump, or its configuration file'

/**
 * Reads what MOSN's admin port answers to `/api/v1/config_dump`, with and without its parameters, and its configuration file.
 * @throws DataError for another document, and for the answer to a name that MOSN does not know
 */
export function parseMosnDump(document: unknown, where: string): MosnDump {
  const kind = mosnDocumentKind(document)
  if (kind === null || !isObject(document)) throw new DataError('is no dump of a MOSN proxy', where, whatToPassOfMosn)
  switch (kind) {
    case 'config_dump':
      return readWhole(document, kind)
    case 'configuration':
      return readConfiguration(document, kind)
    case 'listeners':
      return {...nothing(kind), listeners: keyed(document, '$', readListener)}
    case 'routers':
      return {...nothing(kind), routers: keyed(document, '$', readRouter)}
    case 'clusters':
      return {...nothing(kind), clusters: withChecks(keyed(document, '$', readCluster))}
    case 'listener':
      return {...nothing(kind), listeners: [readListener(named(document, 'name', where), '$', '')]}
    case 'cluster':
      return {...nothing(kind), clusters: withChecks([readCluster(named(document, 'name', where), '$', '')])}
    case 'router':
      return {...nothing(kind), routers: [readRouter(named(document, 'router_config_name', where), '$', '')]}
  }
}

const nothing = (document: MosnDocumentKind): MosnDump => ({
  document,
  serverName: null,
  listeners: [],
  routers: [],
  clusters: [],
  extensions: [],
  ordered: false,
  warnings: [],
})

/** MOSN answers 200 with an object of defaults to a name that it does not know: the name tells. */
function named(raw: JsonObject, member: string, where: string): JsonObject {
  if (text(raw, member) !== null) return raw
  throw new DataError(
    'is MOSN’s answer to a name that it does not know',
    where,
    'Ask for a name that the whole dump has',
  )
}

const keyed = <T>(
  parent: JsonObject | undefined,
  here: string,
  read: (raw: JsonObject, at: string, name: string) => T,
): T[] =>
  Object.entries(parent ?? {}).flatMap(([name, raw]) => (isObject(raw) ? [read(raw, at(here, name), name)] : []))

function readWhole(document: JsonObject, kind: MosnDocumentKind): MosnDump {
  const config = object(document, 'mosn_config')
  const dump: MosnDump = {
    ...nothing(kind),
    serverName: serverNameOf(config),
    listeners: keyed(object(document, 'listener'), '$.listener', readListener),
    routers: keyed(object(document, 'routers'), '$.routers', readRouter),
    clusters: withChecks(keyed(object(document, 'cluster'), '$.cluster', readCluster)),
    extensions: [...objects(document, 'extends'), ...objects(config, 'extends')],
  }
  return {...dump, warnings: warningsOf(dump)}
}

const serverNameOf = (config: JsonObject | undefined): string | null =>
  objects(config, 'servers').flatMap((server) => text(server, 'mosn_server_name') ?? [])[0] ?? null

/** A configuration file has lists, in the order that counts. */
function readConfiguration(document: JsonObject, kind: MosnDocumentKind): MosnDump {
  const lists = <T>(member: string, read: (raw: JsonObject, at: string, name: string) => T): T[] =>
    objects(document, 'servers').flatMap((server, index) =>
      objects(server, member).map((raw, n) => read(raw, at('$', 'servers', index, member, n), '')),
    )
  const dump: MosnDump = {
    ...nothing(kind),
    serverName: serverNameOf(document),
    listeners: lists('listeners', readListener),
    routers: lists('routers', readRouter),
    clusters: withChecks(
      objects(object(document, 'cluster_manager'), 'clusters').map((raw, index) =>
        readCluster(raw, at('$', 'cluster_manager', 'clusters', index), ''),
      ),
    ),
    extensions: objects(document, 'extends'),
    ordered: true,
  }
  return {...dump, warnings: warningsOf(dump)}
}

/** A listener without exactly one filter chain is refused by MOSN, but stands in the dump all the same. */
const warningsOf = ({listeners}: MosnDump): string[] =>
  listeners.flatMap(({name, chainCount}) =>
    chainCount === 1
      ? []
      : [`listener ${name} has ${chainCount} filter chains: MOSN takes a listener with exactly one`],
  )
