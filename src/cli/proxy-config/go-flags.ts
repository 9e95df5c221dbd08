const yes = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const no = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

/**
 * istioctl's users write `--verbose=false`, which Go's flags allow and oclif does not: rewrites it to `--no-verbose`, and
 * `--verbose=true` to `--verbose`. What follows `--` stays as it is.
 */
export function fromGoFlags(argv: readonly string[], booleans: readonly string[]): string[] {
  const end = argv.indexOf('--')
  const flags = end < 0 ? argv : argv.slice(0, end)
  return [...flags.map((word) => rewrite(word, booleans)), ...(end < 0 ? [] : argv.slice(end))]
}

function rewrite(word: string, booleans: readonly string[]): string {
  const [, name = '', value = ''] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? []
  if (!booleans.includes(name)) return word
  if (yes.has(value)) return `--${name}`
  return no.has(value) ? `--no-${name}` : word
}
