const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'})

const ascii = /^[\x20-\x7e]*$/

/** V8 copies the whole text into every segment: beyond this length (in UTF-16 units) code points have to do. */
const longest = 2000

/** What a reader takes for one character each. */
export function graphemesOf(text: string): string[] {
  if (ascii.test(text) || text.length > longest) return Array.from(text)
  return Array.from(segmenter.segment(text), ({segment}) => segment)
}
