import {UsageError} from '../errors.js'
import {downEndpoint, setWeights} from './edit-dump.js'
import {downMosnHost, setMosnWeights} from './edit-mosn.js'
import {changeMtls, type MtlsMode} from './edit-mtls.js'
import {disableRule, hasRule} from './edit-rules.js'
import {changeInterception, isIntercepted} from './interception/change-interception.js'
import {type InterceptionMode, interceptionMode} from './interception/mode.js'
import type {Mesh} from './mesh.js'
import {isNamed} from './named-pod.js'
import type {Place} from './place.js'

/** A change that is tried on the model alone; nothing is touched. */
export type Edit =
  /** `disable nat:ISTIO_OUTPUT:rule:4 [in POD]` */
  | {kind: 'disable'; rule: string; pod: string | null}
  /** `set-weight CLUSTER=N[,CLUSTER=N] [in POD]`: a cluster by its name, or by its subset. */
  | {kind: 'set-weight'; weights: ReadonlyMap<string, number>; pod: string | null}
  /** `endpoint-down IP:PORT` */
  | {kind: 'endpoint-down'; address: string; pod: string | null}
  /** `interception MODE [in POD]` */
  | {kind: 'interception'; mode: InterceptionMode; pod: string | null}
  /** `mtls STRICT|PERMISSIVE|DISABLE [in POD]` */
  | {kind: 'mtls'; mode: MtlsMode; pod: string | null}

const usage = `Write one of:
disable TABLE:CHAIN:rule:N [in POD], set-weight CLUSTER=N,CLUSTER=N [in POD], endpoint-down IP:PORT [in POD], mtls STRICT|PERMISSIVE|DISABLE [in POD],
interception REDIRECT|TPROXY|ebpf|hook-connect|takeover|none [in POD]`.replaceAll('\n', ' ')

/** @throws UsageError for what is no edit */
export function parseEdit(text: string): Edit {
  const [, verb = '', rest = '', pod = null] = /^(\S+)\s+(.*?)(?:\s+in\s+(\S+))?$/.exec(text.trim()) ?? []
  const wrong = (): never => {
    throw new UsageError('is no edit', `--what-if ${text}`, usage)
  }
  switch (verb) {
    case 'disable':
      return {kind: 'disable', rule: rest, pod}
    case 'endpoint-down':
      return {kind: 'endpoint-down', address: rest, pod}
    case 'set-weight':
      return {kind: 'set-weight', weights: weightsOf(rest) ?? wrong(), pod}
    case 'mtls':
      return {kind: 'mtls', mode: modeOf(rest) ?? wrong(), pod}
    case 'interception':
      return {kind: 'interception', mode: interceptionMode(rest) ?? wrong(), pod}
    default:
      return wrong()
  }
}

function weightsOf(text: string): Map<string, number> | null {
  const pairs = text.split(',').map((pair) => /^(.+)=(\d+)$/.exec(pair.trim()))
  if (pairs.some((pair) => pair === null)) return null
  return new Map(pairs.map((pair) => [pair?.[1] ?? '', Number(pair?.[2])]))
}

const modes: readonly MtlsMode[] = ['STRICT', 'PERMISSIVE', 'DISABLE']
const modeOf = (text: string): MtlsMode | null => modes.find((mode) => mode === text.toUpperCase()) ?? null

/** The mesh as it would be with these edits; the given one stays as it is. @throws UsageError for an edit that meets nothing */
export function editMesh(mesh: Mesh, edits: readonly Edit[]): Mesh {
  const edited = new Map<string, Place>()
  const change = (place: Place | null): Place | null => {
    if (place === null) return null
    const known = edited.get(`${place.kind} ${place.name}`)
    if (known) return known
    const changed = edits
      .filter((edit) => concerns(edit, place))
      .reduce((one, edit) => applyEdit(mesh, one, edit), place)
    edited.set(`${place.kind} ${place.name}`, changed)
    return changed
  }
  for (const edit of edits) refuseMissing(mesh, edit)
  return {
    ...mesh,
    pod: (name) => change(mesh.pod(name)),
    node: (name) => change(mesh.node(name)),
    byAddress: (ip) => change(mesh.byAddress(ip)),
  }
}

/** An edit that names no pod is made at every place. */
const concerns = ({pod}: Edit, place: Place): boolean => pod === null || isNamed(place.name, pod)

function applyEdit(mesh: Mesh, place: Place, edit: Edit): Place {
  switch (edit.kind) {
    case 'disable':
      return {...place, rulesets: disableRule(place.rulesets, edit.rule)}
    case 'set-weight':
      return place.mosn
        ? {...place, mosn: setMosnWeights(place.mosn, edit.weights)}
        : withProxy(place, (proxy) => setWeights(proxy, edit.weights))
    case 'endpoint-down':
      return place.mosn
        ? {...place, mosn: downMosnHost(place.mosn, edit.address)}
        : withProxy(place, (proxy) => downEndpoint(proxy, edit.address))
    case 'mtls':
      return withProxy(place, (proxy) => changeMtls(proxy, edit.mode))
    case 'interception':
      return changeInterception(mesh, place, edit.mode, edit.pod)
  }
}

type Changer = (proxy: NonNullable<Place['proxy']>) => NonNullable<Place['proxy']>

const withProxy = (place: Place, change: Changer): Place =>
  place.proxy === null ? place : {...place, proxy: change(place.proxy)}

/** An edit that meets no place would show two equal traces and hide a slip of the pen. */
function refuseMissing(mesh: Mesh, edit: Edit): void {
  const places = mesh.snapshot.document.pods.flatMap(({namespace, name}) => {
    const place = mesh.pod(`${namespace}/${name}`)
    return place !== null && concerns(edit, place) ? [place] : []
  })
  if (edit.pod !== null && places.length === 0)
    throw new UsageError('the snapshot has no such pod', `--what-if in ${edit.pod}`)
  if ((edit.kind === 'mtls' || edit.kind === 'interception') && places.length > 0 && places.every(({mosn}) => mosn))
    throw new UsageError(
      'is no edit of a MOSN',
      `${edit.kind} ${edit.mode}`,
      'set-weight and endpoint-down are, and disable of a rule',
    )
  if (edit.kind === 'interception' && !places.some(isIntercepted))
    throw new UsageError(
      'no such pod has an Envoy beside its app, whose interception could be another',
      `--what-if interception ${edit.mode}`,
    )
  if (edit.kind === 'disable' && !places.some((place) => hasRule(place.rulesets, edit.rule)))
    throw new UsageError(
      'no pod has a rule of this name',
      `--what-if disable ${edit.rule}`,
      'See sidetrace iptables show',
    )
}
