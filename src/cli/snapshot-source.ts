import {UsageError} from '../errors.js'
import type {Snapshot} from '../snapshot/snapshot.js'
import {Flags} from './oclif.js'

/** The flags of commands that are about a snapshot as a whole: a stored one, or what an Envoy's admin port tells now. */
export const snapshotSourceFlags = {
  from: Flags.string({
    summary: 'Snapshot folder, a .tar.gz of one, or the word sample.',
    helpValue: 'SNAPSHOT',
    exclusive: ['admin'],
  }),
  admin: Flags.string({summary: 'Admin port of a running Envoy, as a snapshot of one pod.', helpValue: 'HOST:PORT'}),
}

/** Opens what the flags name. @throws UsageError when they name nothing, SourceError, DataError */
export async function openAsked(
  flags: {from?: string | undefined; admin?: string | undefined},
  command: string,
): Promise<Snapshot> {
  if (flags.admin !== undefined) {
    const {adminResources, snapshotOfAdminPort} = await import('../sources/admin-snapshot.js')
    return snapshotOfAdminPort(flags.admin, adminResources)
  }
  if (flags.from === undefined)
    throw new UsageError(
      'no snapshot is named',
      command,
      'Give --from SNAPSHOT (or --from sample), or --admin HOST:PORT',
    )
  const {openSnapshot} = await import('../sources/open-snapshot.js')
  return openSnapshot(flags.from)
}
