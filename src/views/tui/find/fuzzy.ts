/** A match of letters in order, wherever they stand; null where they do not. Higher is better. */
export function fuzzyScore(text: string, query: string): number | null {
  const whole = text.indexOf(query)
  if (whole !== -1) return 1000 - Math.min(400, text.length) - Math.min(200, whole) + (isStart(text, whole) ? 300 : 0)
  let [score, from] = [0, 0]
  let last = -2
  for (const letter of query) {
    const at = text.indexOf(letter, from)
    if (at === -1) return null
    score += at === last + 1 ? 8 : isStart(text, at) ? 6 : 0
    score -= Math.min(4, at - from)
    last = at
    from = at + 1
  }
  return score - Math.min(100, text.length / 4)
}

/** Does a word begin here? */
const isStart = (text: string, at: number): boolean => at === 0 || /[^a-z0-9]/.test(text[at - 1] ?? '')

/** Each word of the query must be found; words may stand in any order. */
export function scoreWords(text: string, words: readonly string[]): number | null {
  let sum = 0
  for (const word of words) {
    const score = fuzzyScore(text, word)
    if (score === null) return null
    sum += score
  }
  return sum
}
