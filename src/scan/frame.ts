import {BrokenJson} from './broken-json.js'
import type {Fields, ItemList, Plan, TypedList} from './plan.js'

/** A container that is open and not passed over. */
export interface Frame {
  plan: Fields | ItemList | TypedList
  /** Planned members that were met: a second one of the same name would make the document ambiguous. */
  seen: Plan[]
}

/** The plan of the member whose name stands between `from` and `to`; undefined for one that nobody asks for. */
export function memberPlan(
  frame: Frame,
  bytes: Uint8Array,
  from: number,
  to: number,
  escaped: boolean,
  base: number,
): Plan | undefined {
  const {plan} = frame
  if (plan.kind !== 'fields') return undefined
  const text = () => nameText(bytes, from, to, base)
  const found = escaped ? plan.table.findText(text()) : plan.table.find(bytes, from, to)
  if (found === undefined) plan.other?.(text())
  else if (frame.seen.includes(found)) throw new BrokenJson(`${text()} stands twice in one object`, base + from - 1)
  else {
    frame.seen.push(found)
    plan.known?.()
    if (found.kind === 'items') found.begin?.()
  }
  return found
}

function nameText(bytes: Uint8Array, from: number, to: number, base: number): string {
  try {
    return String(JSON.parse(Buffer.from(bytes.subarray(from - 1, to + 1)).toString()))
  } catch {
    throw new BrokenJson('a member name that is not JSON', base + from)
  }
}
