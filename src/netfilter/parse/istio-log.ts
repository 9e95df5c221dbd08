/**
 * The rules that Istio's init container, or its CNI plugin, says in its log that it left behind; before that, what it gave to iptables-restore.
 * null: the text is no such log.
 */
export function savesInLog(text: string): string | null {
  if (!/\b(Final iptables state|Running iptables restore with)\b/.test(text)) return null
  const lines = text.split('\n')
  const isEntry = (line: string): boolean => /^\d{4}[-/]\d{2}[-/]\d{2}[T ]|^\{"level"/.test(line)
  const after = (from: number): string => {
    const end = lines.findIndex((line, i) => i > from && isEntry(line))
    return lines.slice(from + 1, end < 0 ? undefined : end).join('\n')
  }
  const final = lines.findLastIndex((line) => /Final iptables state \(IPv4\)/.test(line))
  if (final >= 0 && after(final).includes('COMMIT')) return after(final)
  const restore = lines.findIndex((line) => /Running iptables restore with/.test(line))
  return restore < 0 ? null : after(restore)
}
