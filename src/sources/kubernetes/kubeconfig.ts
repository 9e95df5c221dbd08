import {readFileSync} from 'node:fs'
import {delimiter} from 'node:path'
import {KubeConfig} from '@kubernetes/client-node/dist/config.js'
import {SourceError} from '../../errors.js'
import {nearest} from '../../snapshot/edit-distance.js'
import {errorCode} from '../file-error.js'
import {isInCluster, kubeconfigFiles} from './kubeconfig-files.js'

export interface ContextOptions {
  /** A kubeconfig file; by default those of KUBECONFIG, then ~/.kube/config, then the pod's own service account. */
  kubeconfig?: string | undefined
  /** A context of it; its current one by default. */
  context?: string | undefined
}

/**
 * The kubeconfig that the options or the environment name, with the asked context as its current one.
 * @throws SourceError (unreachable) when there is none, it cannot be read, or it has no such context
 */
export function loadKubeConfig(options: ContextOptions, env: NodeJS.ProcessEnv = process.env): KubeConfig {
  const files = options.kubeconfig === undefined ? kubeconfigFiles(env) : [options.kubeconfig]
  const config = files.length === 0 ? inCluster(env) : merged(files)
  chooseContext(config, options.context, files.join(delimiter) || 'in-cluster')
  return config
}

function inCluster(env: NodeJS.ProcessEnv): KubeConfig {
  if (!isInCluster(env))
    throw new SourceError(
      'unreachable',
      'no kubeconfig was found',
      env['KUBECONFIG'] === undefined ? 'Kubernetes' : `KUBECONFIG=${env['KUBECONFIG']}`,
      'Pass --kubeconfig FILE, or a capture with -f FILE or --from SNAPSHOT',
    )
  const config = new KubeConfig()
  config.loadFromCluster()
  return config
}

/** Several files are one: of entries with the same name, and of current contexts, the first counts (kubectl's rule). */
function merged(files: readonly string[]): KubeConfig {
  const [first, ...others] = files.map(readFile)
  if (first === undefined) throw new Error('no kubeconfig to merge')
  for (const other of others) {
    first.currentContext = first.currentContext || other.currentContext
    for (const cluster of other.clusters) if (!has(first.clusters, cluster.name)) first.addCluster(cluster)
    for (const user of other.users) if (!has(first.users, user.name)) first.addUser(user)
    for (const context of other.contexts) if (!has(first.contexts, context.name)) first.addContext(context)
  }
  return first
}

const has = (entries: readonly {name: string}[], name: string): boolean => entries.some((entry) => entry.name === name)

function readFile(file: string): KubeConfig {
  const config = new KubeConfig()
  try {
    // Read here first: client-node says nothing of what a file lacks, and an empty one breaks it.
    if (readFileSync(file, 'utf8').trim() === '') throw new Error('it is empty')
    config.loadFromFile(file)
    return config
  } catch (error) {
    throw unreadable(error, file)
  }
}

function unreadable(error: unknown, file: string): SourceError {
  const hint = 'Pass another with --kubeconfig FILE, or set KUBECONFIG'
  const code = errorCode(error)
  if (code === 'ENOENT') return new SourceError('unreachable', 'no such kubeconfig file', file, hint, {cause: error})
  if (code === 'EACCES' || code === 'EPERM')
    return new SourceError('forbidden', 'permission denied', file, hint, {cause: error})
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  return new SourceError('unreachable', `is no kubeconfig that can be read (${reason})`, file, hint, {cause: error})
}

function chooseContext(config: KubeConfig, wanted: string | undefined, where: string): void {
  const names = config.contexts.map(({name}) => name)
  const name = wanted ?? config.currentContext
  if (!name)
    throw new SourceError(
      'unreachable',
      'has no current context',
      where,
      `Pass --context ${names.join(' or ') || 'NAME'}`,
    )
  if (!names.includes(name)) throw noSuchContext(name, names, where)
  config.setCurrentContext(name)
  if (config.getCurrentCluster() === null)
    throw new SourceError('unreachable', `its context ${name} names a cluster that it does not have`, where)
  if (config.getCurrentUser() === null)
    throw new SourceError('unreachable', `its context ${name} names a user that it does not have`, where)
}

function noSuchContext(name: string, names: readonly string[], where: string): SourceError {
  const near = nearest(
    name,
    names.map((known) => ({name: known})),
    (known) => known.name,
  )
  const known = names.length > 0 ? `It has ${names.slice(0, 12).join(', ')}` : 'It has none'
  const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : known
  return new SourceError('unreachable', `no context "${name}"`, where, hint)
}
