import {UsageError} from '../errors.js'
import {difference} from '../trace/difference.js'
import {editMesh, parseEdit} from '../trace/edit.js'
import type {Mesh} from '../trace/mesh.js'
import {parseTraceRequest} from '../trace/parse-request.js'
import type {TraceRequest} from '../trace/request.js'
import type {Trace} from '../trace/trace.js'
import type {WalkOptions} from '../trace/walk.js'
import {walk} from '../trace/walk.js'
import {rpcUrl, withUrl} from '../views/rpc-url.js'

/** Two traces beside each other, and where they part ways. */
export interface TraceComparison {
  left: Trace
  right: Trace
  /** What the sides are called. */
  names: {left: string; right: string}
  difference: ReturnType<typeof difference>
}

/** What a trace is held against: another request, another capture, or the same capture with edits that touch nothing. */
export interface Against {
  diff?: string | undefined
  whatIf?: readonly string[] | undefined
  /** The second capture. */
  mesh?: Mesh | undefined
}

export const comparesAnything = ({diff, whatIf, mesh}: Against): boolean =>
  diff !== undefined || mesh !== undefined || (whatIf ?? []).length > 0

/** @throws UsageError where more than one thing is compared at once, or an edit cannot be taken */
export function compareTraces(
  mesh: Mesh,
  request: TraceRequest,
  against: Against,
  options: WalkOptions,
): TraceComparison {
  const asked = [against.diff !== undefined, against.mesh !== undefined, (against.whatIf ?? []).length > 0]
  if (asked.filter(Boolean).length > 1)
    throw new UsageError(
      '--diff, a second --from and --what-if exclude each other',
      'trace',
      'Compare one thing at a time',
    )
  const left = walk(mesh, request, options)
  const {right, names} = otherSide(mesh, request, against, options)
  return {left, right, names, difference: difference(left, right)}
}

function otherSide(
  mesh: Mesh,
  request: TraceRequest,
  {diff, whatIf, mesh: second}: Against,
  options: WalkOptions,
): Pick<TraceComparison, 'right' | 'names'> {
  if (diff !== undefined) {
    const other = otherRequest(request, diff)
    return {right: walk(mesh, other, options), names: {left: requestName(request), right: requestName(other)}}
  }
  if (second !== undefined)
    return {
      right: walk(second, request, options),
      names: {left: mesh.snapshot.origin, right: second.snapshot.origin},
    }
  const edits = whatIf ?? []
  return {
    right: walk(editMesh(mesh, edits.map(parseEdit)), request, options),
    names: {left: 'as captured', right: `if ${edits.join(', ')}`},
  }
}

const requestName = ({url, tcp, rpc, method, headers}: TraceRequest): string =>
  [
    method ?? rpc?.method ?? '',
    rpc ? rpcUrl(rpc) : (url ?? tcp?.dst ?? ''),
    ...(rpc?.headers ?? headers).map(([name, value]) => `${name}: ${value ?? ''}`),
  ]
    .join(' ')
    .trim()

/** The second request: a URL that the same client asks, or JSON with the members of a request that are other. */
function otherRequest(request: TraceRequest, text: string): TraceRequest {
  if (!text.trimStart().startsWith('{')) return withUrl(request, text)
  let members: unknown
  try {
    members = JSON.parse(text)
  } catch (error) {
    throw new UsageError('is not JSON', `--diff ${text}`, 'Give a URL, or a JSON object of what is other', {
      cause: error,
    })
  }
  return parseTraceRequest({...request, ...(typeof members === 'object' ? members : {})}, '--diff')
}
