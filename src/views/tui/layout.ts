export interface Size {
  columns: number
  rows: number
}

/** Cells and lines for each part of the screen. */
export interface ScreenLayout {
  width: number
  height: number
  tree: number
  detail: number
  /** Whether both panes stand side by side. */
  both: boolean
  /** The first line of the body. */
  top: number
  /** Lines between the rules. */
  body: number
}

const bottomLines = 1
const ruleLines = 2

/** Divides the terminal under so many lines of heading; one that is too small is treated as if it were larger, and shows a part. */
export function layoutOf({columns, rows}: Size, topLines = 3): ScreenLayout {
  const width = Math.max(10, columns)
  const height = Math.max(8, rows)
  const both = width >= 100
  const tree = both ? Math.min(72, Math.floor(width * 0.46)) : width
  return {
    width,
    height,
    both,
    tree,
    detail: both ? width - tree - 1 : width,
    top: topLines + 1,
    body: Math.max(2, height - topLines - bottomLines - ruleLines),
  }
}

/** The first line to show so that `cursor` is on the screen, near the middle where there is room. */
export const windowStart = (cursor: number, count: number, height: number): number =>
  Math.max(0, Math.min(cursor - Math.floor(height / 2), count - height))

/** How far a page goes: two lines of the last one stay. */
export const pageOf = (size: Size): number => Math.max(1, layoutOf(size).body - 2)

/** Cells for the text of the right pane: a blank stands on both sides. */
export const textWidth = (detail: number): number => Math.max(8, detail - 2)

/** Lines for the text of the right pane, under its tabs; a text that does not fit needs one more to say so. */
export const detailRoom = (body: number, lines: number): number => (lines > body - 1 ? body - 2 : body - 1)
