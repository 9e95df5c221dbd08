import {DataError, UsageError} from '../errors.js'
import {findPod, podId} from '../snapshot/pod-name.js'
import {buildMesh, type Mesh} from '../trace/mesh.js'
import {openTui} from '../views/tui/open.js'
import {hasPlace} from '../views/tui/resources/catalogue.js'
import {type ResourceName, resourceNames, type Where} from '../views/tui/resources/resource.js'
import type {World} from '../views/tui/world.js'
import type {Suppositions} from '../xds/match/request.js'
import {type ScreenFlags, screenSettings} from './screen-flags.js'
import {worldOf} from './world.js'

interface UiFlags extends ScreenFlags {
  from?: string | undefined
  file?: string | undefined
  admin?: string | undefined
  watch: boolean
  view?: string | undefined
  pod?: string | undefined
  suppositions: Suppositions
  redact: boolean
}

/** Opens the terminal UI on a snapshot or a dump. @throws UsageError, SourceError, DataError */
export async function openUi(flags: UiFlags): Promise<void> {
  const settings = screenSettings(flags)
  const {admin, watch} = flags
  if (watch && admin === undefined)
    throw new UsageError('is about a running Envoy', '--watch', 'Give --admin HOST:PORT')
  const mesh = await meshOf(flags)
  const pod = flags.pod === undefined ? null : podId(findPod(mesh.snapshot.document, flags.pod))
  return openTui({
    world: worldFor(mesh, flags),
    start: {kind: 'table', where: whereOf(mesh, flags, pod)},
    ...settings,
    refresh:
      admin === undefined
        ? null
        : {read: async () => worldFor(await meshOf(flags), flags), every: watch ? betweenReadings : null},
  })
}

/** Milliseconds from one reading of a running Envoy to the next. */
const betweenReadings = 10_000

const worldFor = (mesh: Mesh, {file, admin, suppositions, redact}: UiFlags): World =>
  worldOf(mesh, {
    suppositions,
    redact,
    ...(file === undefined ? {} : {alone: ['-f', file]}),
    ...(admin === undefined ? {} : {alone: ['--admin', admin]}),
  })

async function meshOf({file, from, admin}: UiFlags): Promise<Mesh> {
  if (admin !== undefined) {
    const {adminResources, snapshotOfAdminPort} = await import('../sources/admin-snapshot.js')
    return buildMesh(await snapshotOfAdminPort(admin, adminResources))
  }
  if (file === undefined) {
    const {openSnapshot} = await import('../sources/open-snapshot.js')
    return buildMesh(await openSnapshot(from ?? 'sample'))
  }
  const {snapshotOfDump} = await import('../sources/dump-snapshot.js')
  const mesh = buildMesh(snapshotOfDump(file))
  // A file that is no dump is told before the screen is taken.
  for (const pod of mesh.snapshot.document.pods) mesh.pod(podId(pod))
  return mesh
}

/** A snapshot opens at its pods, a single proxy (or one that is named) at its listeners. */
function whereOf({snapshot}: Mesh, {file, admin, view}: UiFlags, pod: string | null): Where {
  const first = snapshot.document.pods[0]
  if (first === undefined) throw new DataError('has no pod', snapshot.origin)
  const alone = file === undefined && admin === undefined ? pod : podId(first)
  const resource = view === undefined ? (alone === null ? 'pods' : 'listeners') : resourceOf(view)
  return {resource, place: hasPlace(resource) ? (alone ?? podId(first)) : null, scope: null}
}

function resourceOf(view: string): ResourceName {
  const found = resourceNames.find((name) => name === view)
  if (found === undefined)
    throw new UsageError('is no view', `--view ${view}`, `Choose one of ${resourceNames.join(', ')}`)
  return found
}
