import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {findingCodesOfGuide} from './ebpf/guide.js'
import {root, sidetrace} from './setup/run-bin.js'

const path = join(root, 'docs/interception.md')
const guide = readFileSync(path, 'utf8')

/** Words of a line as a shell takes them. */
const words = (line: string): string[] =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')

const printed = guide.replace(/^```console\n\$ sidetrace ([^\n]*)\n[\s\S]*?^```$/gm, (_, line: string) => {
  const {exit, stdout} = sidetrace(words(line))
  expect(exit).toBe(0)
  return `\`\`\`console\n$ sidetrace ${line}\n${stdout.trimEnd()}\n\`\`\``
})

it('shows what the commands of the guide to interception print', () => {
  // UPDATE_DOCS=1 writes what they print.
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, printed)
  else expect(guide).toBe(printed)
})

it('explains every code that ebpf show can print', () => {
  const explained = [...guide.matchAll(/^\| (ST-EBPF-\d{3}) \|/gm)].map(([, code]) => code)
  expect(explained).toEqual(findingCodesOfGuide)
})
