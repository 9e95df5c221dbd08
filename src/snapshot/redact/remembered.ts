/** So much is remembered; what comes after is judged each time. */
const most = 10_000

/** Longer texts are rarely met twice. */
const longest = 256

/** A judgement of texts of which the same short ones come again and again. */
export function remembered<T>(judge: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    if (text.length > longest) return judge(text)
    const before = known.get(text)
    if (before !== undefined) return before
    const answer = judge(text)
    if (known.size < most) known.set(text, answer)
    return answer
  }
}
