import {redactDocument, redactText} from '../snapshot/redact.js'
import type {Mesh} from '../trace/mesh.js'
import {sourceOf} from '../trace/source.js'
import type {Hop} from '../trace/trace.js'

/** The configuration behind a step as it may be shown: without secrets, as screens and pages are passed on. */
export const shownSource =
  (mesh: Mesh) =>
  (at: string, hop: Hop): unknown => {
    const source = sourceOf(mesh, hop, at)
    return typeof source === 'string' ? redactText(source, at).value : redactDocument(source, at).value
  }
