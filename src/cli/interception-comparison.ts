import {UsageError} from '../errors.js'
import {compareInterceptions, type InterceptionComparison} from '../trace/interception/compare.js'
import {type InterceptionMode, interceptionMode, interceptionModes} from '../trace/interception/mode.js'
import type {Mesh} from '../trace/mesh.js'
import type {TraceRequest} from '../trace/request.js'
import type {WalkOptions} from '../trace/walk.js'
import {Flags} from './oclif.js'
import {renderDocument} from './output.js'
import {shown} from './redacted.js'
import {textOptions} from './terminal.js'

export const compareInterceptionFlag = Flags.string({
  summary: `Compare ways of interception for this request: ${[...interceptionModes, 'captured'].join(', ')}, or all.`,
  helpValue: 'MODE[,MODE]',
  exclusive: ['diff', 'what-if', 'why-not', 'batch', 'expect'],
})

/** The modes of a comma-separated list; `all` is every mode. @throws UsageError */
export function readModes(text: string): (InterceptionMode | 'captured')[] {
  if (text.trim().toLowerCase() === 'all') return [...interceptionModes]
  const words = text.split(',').map((word) => word.trim())
  return [...new Set(words)].map((word) => {
    const mode = word.toLowerCase() === 'captured' ? 'captured' : interceptionMode(word)
    if (mode === null)
      throw new UsageError(
        'is no way of interception',
        `--compare-interception ${word}`,
        `Choose of ${[...interceptionModes, 'captured', 'all'].join(', ')}`,
      )
    return mode
  })
}

/** The comparison as a user asked to see it. @throws UsageError for a form that it has not */
export async function comparedInterceptions(
  mesh: Mesh,
  request: TraceRequest,
  modes: string,
  format: string,
  jsonpath: string | undefined,
  {redact, ...options}: WalkOptions & {redact: boolean},
): Promise<string> {
  const comparison = shown(compareInterceptions(mesh, request, readModes(modes), options), redact)
  return jsonpath === undefined ? rendered(comparison, format) : asDocument(comparison, format, jsonpath)
}

async function rendered(comparison: InterceptionComparison, format: string): Promise<string> {
  switch (format) {
    case 'svg':
      return (await import('../views/interception/svg.js')).renderInterceptionSvg(comparison)
    case 'mermaid':
      return (await import('../views/interception/mermaid.js')).renderInterceptionMermaid(comparison)
    case 'text':
    case 'tui':
      return (await import('../views/interception/text.js')).renderInterceptionText(comparison, textOptions())
    case 'html':
      throw new UsageError(
        'has no page',
        `--compare-interception -o ${format}`,
        'Choose text, json, yaml, svg or mermaid',
      )
    default:
      return asDocument(comparison, format, undefined)
  }
}

async function asDocument(
  comparison: InterceptionComparison,
  format: string,
  jsonpath: string | undefined,
): Promise<string> {
  const {interceptionDocument} = await import('../views/interception/document.js')
  const document = interceptionDocument(comparison)
  if (format === 'jsonl' && jsonpath === undefined) return `${JSON.stringify(document)}\n`
  return renderDocument(document, format === 'yaml' ? 'yaml' : 'json', jsonpath)
}
