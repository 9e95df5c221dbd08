import {parseIpAddress} from '../address/ip-address.js'
import {DataError, UsageError} from '../errors.js'
import type {Environment} from '../netfilter/environment.js'
import {readText} from './rules-source.js'

/** What `--env FILE` and `--addr IFACE=ADDRESS` tell, over what the source itself tells. */
export async function completeEnvironment(
  found: Environment,
  file: string | undefined,
  addresses: readonly string[] | undefined,
): Promise<Environment> {
  const given = file === undefined ? {} : readEnvironmentJson(await readText(file, file), file)
  const environment: Environment = {...found, ...given}
  for (const text of addresses ?? []) addAddress(environment, text)
  return environment
}

/** `eth0=10.0.0.2/24` */
function addAddress(environment: Environment, text: string): void {
  const [name = '', address = ''] = text.split('=')
  if (name === '' || parseIpAddress(address.replace(/\/\d+$/, '')) === null)
    throw new UsageError('is no IFACE=ADDRESS', `--addr ${text}`)
  environment.interfaces ??= [{name: 'lo', index: 1, addresses: ['127.0.0.1/8', '::1/128']}]
  const known = environment.interfaces.find((one) => one.name === name)
  if (known) known.addresses.push(address)
  else environment.interfaces.push({name, index: environment.interfaces.length + 1, addresses: [address]})
}

function readEnvironmentJson(text: string, file: string): Environment {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new DataError('is not JSON', file, 'Give {"interfaces": [...], "ipRules": [...], "ipRoutes": [...], ...}', {
      cause: error,
    })
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new DataError('is no JSON object', file)
  const given: Readonly<Record<string, unknown>> = {...document}
  for (const [member, holds] of Object.entries(shapes)) {
    if (given[member] !== undefined && !holds(given[member]))
      throw new DataError(`has a "${member}" that cannot be taken`, file)
  }
  // Gate: each member that we read has the shape its reader needs.
  return given as Environment
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string')

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const shapes: Readonly<Record<keyof Environment, (value: unknown) => boolean>> = {
  interfaces: (value) =>
    Array.isArray(value) &&
    value.every((item) => isRecord(item) && typeof item['name'] === 'string' && isTexts(item['addresses'])),
  ipRules: isTexts,
  ipRoutes: isTexts,
  sysctl: isRecord,
  listeners: (value) =>
    Array.isArray(value) &&
    value.every((item) => isRecord(item) && typeof item['address'] === 'string' && typeof item['port'] === 'number'),
  ipsets: (value) => typeof value === 'string',
}
