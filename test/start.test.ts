import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {root} from './setup/run-bin.js'

/** The built files that Node reads before the first line of `entry` runs: static imports, and theirs. */
function readAtStart(entry: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(entry)) return found
  const text = readFileSync(entry, 'utf8')
  found.set(entry, text)
  for (const [, file = ''] of text.matchAll(/(?:from|import)\s*"(\.[^"]+\.js)"/g))
    readAtStart(join(dirname(entry), file), found)
  return found
}

const closureOf = (command: string): string[] => [
  ...readAtStart(join(root, 'dist/commands', command), readAtStart(join(root, 'dist/main.js'))).values(),
]

/** What a package leaves in the bundle that nothing else has. */
const marks = {
  React: 'react.transitional.element',
  yaml: 'tag:yaml.org,2002:',
  'jsonpath-plus': 'You must supply a "path" property',
  'tar-stream': 'ustar',
}

describe('the start of a command', () => {
  for (const command of [
    'proxy-config/listener.js',
    'proxy-config/endpoint.js',
    'iptables/show.js',
    'match.js',
    'trace.js',
  ]) {
    it(`reads no package that only some outputs need: ${command}`, () => {
      const closure = closureOf(command)
      expect(closure.length).toBeGreaterThan(3)
      const read = Object.entries(marks).filter(([, mark]) => closure.some((text) => text.includes(mark)))
      expect(read.map(([name]) => name)).toEqual([])
    })
  }

  it('reads less than half a megabyte for a table', () => {
    const size = closureOf('proxy-config/listener.js').reduce((sum, text) => sum + text.length, 0)
    expect(size).toBeLessThan(500_000)
  })
})
