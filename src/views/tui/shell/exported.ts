import {rowAt, shownCount} from '../table/rows-shown.js'
import type {TableView} from '../table/table-view.js'
import {type Shell, viewOf} from './shell.js'

const json = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`

/** What `x` writes: the trace, the rows that are shown, or the document. */
export function exportedText(shell: Shell): string {
  const view = viewOf(shell)
  switch (view.kind) {
    case 'trace':
      return json({apiVersion: 'sidetrace/v1', kind: 'Trace', ...shell.trace?.trace})
    case 'text':
      return typeof view.document === 'string' ? `${view.document}\n` : json(view.document)
    case 'table':
      return json(tableDocument(view))
  }
}

function tableDocument({listing, shown, where}: TableView) {
  const count = listing === null ? 0 : shownCount(shown, listing)
  const rows = Array.from({length: count}, (_, index) => {
    const row = rowAt(shown, index)
    return Object.fromEntries((listing?.titles ?? []).map((title, column) => [title, listing?.cell(row, column) ?? '']))
  })
  return {
    apiVersion: 'sidetrace/v1',
    kind: 'Table',
    resource: where.resource,
    of: where.place,
    filter: shown.filter,
    rows,
  }
}

/** The name that is offered for the file. */
export function exportName(shell: Shell): string {
  const view = viewOf(shell)
  if (view.kind === 'table') return `${view.where.resource}.json`
  if (view.kind === 'trace') return 'trace.json'
  return typeof view.document === 'string' ? 'rule.txt' : 'item.json'
}
