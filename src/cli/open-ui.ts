import {DataError, UsageError} from '../errors.js'
import {findPod, podId} from '../snapshot/pod-name.js'
import {buildMesh, type Mesh} from '../trace/mesh.js'
import {openTui} from '../views/tui/open.js'
import {hasPlace} from '../views/tui/resources/catalogue.js'
import {type ResourceName, resourceNames, type Where} from '../views/tui/resources/resource.js'
import type {Suppositions} from '../xds/match/request.js'
import {type ScreenFlags, screenSettings} from './screen-flags.js'
import {worldOf} from './world.js'

interface UiFlags extends ScreenFlags {
  from?: string | undefined
  file?: string | undefined
  view?: string | undefined
  pod?: string | undefined
  suppositions: Suppositions
  redact: boolean
}

/** Opens the terminal UI on a snapshot or a dump. @throws UsageError, SourceError, DataError */
export async function openUi(flags: UiFlags): Promise<void> {
  const settings = screenSettings(flags)
  const mesh = await meshOf(flags)
  const pod = flags.pod === undefined ? null : podId(findPod(mesh.snapshot.document, flags.pod))
  return openTui({
    world: worldOf(mesh, {
      suppositions: flags.suppositions,
      redact: flags.redact,
      ...(flags.file === undefined ? {} : {dumpFile: flags.file}),
    }),
    start: {kind: 'table', where: whereOf(mesh, flags, pod)},
    ...settings,
    refresh: null,
  })
}

async function meshOf({file, from}: UiFlags): Promise<Mesh> {
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
function whereOf({snapshot}: Mesh, {file, view}: UiFlags, pod: string | null): Where {
  const first = snapshot.document.pods[0]
  if (first === undefined) throw new DataError('has no pod', snapshot.origin)
  const alone = file === undefined ? pod : podId(first)
  const resource = view === undefined ? (alone === null ? 'pods' : 'listeners') : resourceOf(view)
  return {resource, place: hasPlace(resource) ? (alone ?? podId(first)) : null, scope: null}
}

function resourceOf(view: string): ResourceName {
  const found = resourceNames.find((name) => name === view)
  if (found === undefined)
    throw new UsageError('is no view', `--view ${view}`, `Choose one of ${resourceNames.join(', ')}`)
  return found
}
