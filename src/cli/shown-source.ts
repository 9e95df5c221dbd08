import {redactedPart, redactText} from '../snapshot/redact.js'
import type {Mesh} from '../trace/mesh.js'
import {placeOf, sourceOf, stepsOf} from '../trace/source.js'
import type {Hop} from '../trace/trace.js'

/**
 * The configuration behind a step as it may be shown: without secrets, as screens and pages are passed on. A part is judged by
 * where it stands in the whole dump: a text alone does not say that it is a password.
 */
export const shownSource =
  (mesh: Mesh, redact: boolean) =>
  (at: string, hop: Hop): unknown => {
    const steps = redact ? stepsOf(at) : null
    if (steps !== null) return redactedPart(placeOf(mesh, hop)?.document, steps)
    const source = sourceOf(mesh, hop, at)
    return typeof source === 'string' && redact ? redactText(source, at).value : source
  }
