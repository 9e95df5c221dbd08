import {DataError, UsageError} from '../../errors.js'
import type {AdminPoint} from '../../sources/admin-point.js'
import {
  type ByteSource,
  fileSource,
  mosnSnapshotSource,
  pointSource,
  pointSourceOfAny,
  snapshotSource,
} from '../../sources/byte-source.js'
import {type ClusterFlags, clusterFlags, inNamespace, openCluster, openLivePod, pointOf} from '../cluster-flags.js'
import {Args, Flags} from '../oclif.js'

/** Where a dump comes from: the same flags for every `proxy-config` command. */
export const inputFlags = {
  file: Flags.string({
    char: 'f',
    summary: 'Read the dump from this file, gzipped or not; - for stdin.',
    helpValue: 'FILE|-',
  }),
  from: Flags.string({
    summary: 'Take POD from this snapshot: a folder, a .tar.gz, or "sample".',
    helpValue: 'SNAPSHOT',
  }),
  admin: Flags.string({summary: 'Ask the Envoy or MOSN whose admin port this is.', helpValue: 'HOST:PORT'}),
  ...clusterFlags,
}

/** The same where several dumps are answered together. */
export const severalInputFlags = {
  ...inputFlags,
  file: Flags.string({
    char: 'f',
    summary: 'Read the dump from this file, gzipped or not; - for stdin. Files of a folder are answered together.',
    description:
      'Given several times, or a folder (its .json and .json.gz files), the rows of all files stand in one table with a column FILE in ' +
      'front, and a document is a list of {"file", "document"}.',
    helpValue: 'FILE|FOLDER|-',
    multiple: true,
  }),
  selector: Flags.string({
    char: 'l',
    summary: 'All pods of the cluster with these labels, with a column POD in front.',
    helpValue: 'LABELS',
  }),
  'all-namespaces': Flags.boolean({
    char: 'A',
    summary: 'Pods of all namespaces: those of -l, or all that have a proxy.',
  }),
}

export const podArgument = {
  pod: Args.string({
    description: 'Pod of the cluster, or of the snapshot: name[.namespace], type/name[.namespace] or namespace/name.',
  }),
}

interface PlaceFlags extends ClusterFlags {
  from?: string | undefined
  admin?: string | undefined
}

export interface InputFlags extends PlaceFlags {
  file?: string | undefined
}

export interface SeveralInputFlags extends PlaceFlags {
  file?: string[] | undefined
  selector?: string | undefined
  'all-namespaces'?: boolean | undefined
}

/** How one kind of document is had: its name inside a snapshot's pod folder, and the admin path that answers it. */
export interface DumpPlace {
  file: string
  adminPath: string
  /** A MOSN has this too, in its own dump. */
  mosn?: true
}

const choices = 'Pass POD of the cluster, POD with --from SNAPSHOT, -f FILE, or --admin HOST:PORT'

/** The one source that flags and argument name. @throws UsageError, SourceError, DataError */
export async function dumpSource(
  command: string,
  pod: string | undefined,
  flags: InputFlags,
  place: DumpPlace,
): Promise<ByteSource> {
  const source = await onlySource(command, pod, flags, place)
  return source ?? fileSource(flags.file ?? '')
}

/** The dumps that are answered together. */
export interface Dumps {
  sources: ByteSource[]
  /** Does an answer say which dump each part of it is from? Not where exactly one is named. */
  named: boolean
  /** What they are, where they are no files: the title of their column. */
  title?: 'POD'
}

/** The one source, or all files, that flags and argument name. @throws UsageError, SourceError, DataError */
export async function dumpSources(
  command: string,
  pod: string | undefined,
  flags: SeveralInputFlags,
  place: DumpPlace,
): Promise<Dumps> {
  const {file, selector, 'all-namespaces': everywhere, ...others} = flags
  if (selector !== undefined || everywhere === true) {
    if ([pod, file, others.from, others.admin].some((given) => given !== undefined))
      throw new UsageError('takes either -l and -A, or POD, -f, --from or --admin', command)
    if (everywhere === true && others.namespace !== undefined) throw new UsageError('takes one of -A and -n', command)
    return podsOfCluster(selector, everywhere === true, others, place)
  }
  const source = await onlySource(command, pod, {...others, file: file?.[0]}, place)
  if (source !== null) return {sources: [source], named: false}
  const {expandFolders} = await import('../../sources/dump-folder.js')
  const given = file ?? []
  const paths = expandFolders(given)
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('can be read only once', '-f -')
  return {sources: paths.map(fileSource), named: given.length > 1 || paths[0] !== given[0]}
}

/** The proxies of all pods with a label, of one namespace or of all. */
async function podsOfCluster(
  selector: string | undefined,
  everywhere: boolean,
  flags: ClusterFlags,
  place: DumpPlace,
): Promise<Dumps> {
  const [cluster, {findProxies}] = await Promise.all([
    openCluster(flags),
    import('../../sources/kubernetes/find-proxies.js'),
  ])
  const namespace = everywhere ? undefined : (flags.namespace ?? cluster.namespace)
  const pods = await findProxies(cluster, undefined, {namespace, selector})
  const sources = pods.map(async (pod) => ({
    ...adminSourceOf(await pointOf(cluster, pod, flags), place),
    origin: `${pod.namespace}/${pod.name}`,
  }))
  return {sources: await Promise.all(sources), named: true, title: 'POD'}
}

/** The source that is no file; null where files are named. @throws UsageError, SourceError, DataError */
async function onlySource(
  command: string,
  pod: string | undefined,
  flags: InputFlags,
  place: DumpPlace,
): Promise<ByteSource | null> {
  const {file, from, admin} = flags
  if ([file, from, admin].filter((given) => given !== undefined).length > 1)
    throw new UsageError('takes one of -f, --from and --admin', command)
  if (pod !== undefined && (file !== undefined || admin !== undefined))
    throw new UsageError('takes either a pod or a file or port', command, 'Leave POD out')
  if (file !== undefined) return null
  if (admin !== undefined) return adminSource(admin, place)
  if (from === undefined && pod === undefined)
    throw new UsageError('requires a pod, --file or --admin', command, choices)
  if (from === undefined) return adminSourceOf((await openLivePod(pod ?? '', flags)).point, place)
  return podSource(command, pod, from, flags.namespace, place)
}

async function podSource(
  command: string,
  pod: string | undefined,
  from: string,
  namespace: string | undefined,
  place: DumpPlace,
): Promise<ByteSource> {
  const [{openSnapshot}, {findPod, podFolder}] = await Promise.all([
    import('../../sources/open-snapshot.js'),
    import('../../snapshot/pod-name.js'),
  ])
  const snapshot = await openSnapshot(from)
  if (pod === undefined)
    throw new UsageError('requires a pod of the snapshot', command, podList(snapshot.document.pods))
  const found = findPod(snapshot.document, inNamespace(pod, namespace))
  const folder = podFolder(found)
  const hasMosn = snapshot.bytes(`${folder}/mosn/config_dump.json`) !== null
  if (hasMosn && place.mosn === true) return mosnSnapshotSource(snapshot, folder)
  if (hasMosn && snapshot.bytes(`${folder}/${place.file}`) === null)
    throw new DataError(
      'has a MOSN and no Envoy',
      `${found.namespace}/${found.name}`,
      'pc all, listener, cluster, route and endpoint read a MOSN',
    )
  return snapshotSource(snapshot, `${folder}/${place.file}`)
}

/** What the admin interface of a proxy answers; a MOSN where it has it in its own dump. */
const adminSourceOf = (point: AdminPoint, {mosn, adminPath}: DumpPlace): ByteSource =>
  mosn === true ? pointSourceOfAny(point, adminPath) : pointSource(point, adminPath)

async function adminSource(hostPort: string, place: DumpPlace): Promise<ByteSource> {
  const {adminPort} = await import('../../sources/admin-port.js')
  return adminSourceOf(adminPort(hostPort), place)
}

const podList = (pods: readonly {namespace: string; name: string}[]): string =>
  `It holds ${pods.map(({namespace, name}) => `${name}.${namespace}`).join(', ')}`
