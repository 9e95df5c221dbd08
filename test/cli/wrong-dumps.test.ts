import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, it} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'
import {expectRefused, wrongFiles} from './wrong-files.js'

let folder: string
beforeAll(() => {
  folder = wrongFiles()
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const dumpCommands = [
  ['pc', 'listener'],
  ['pc', 'cluster'],
  ['pc', 'route'],
  ['pc', 'endpoint'],
  ['match', '--direction', 'outbound', '--dst', '10.96.0.14:9080'],
]

for (const command of dumpCommands) {
  describe(`sidetrace ${command.slice(0, 2).join(' ')} refuses`, () => {
    const refused: [string, string, number, RegExp][] = [
      ['text', 'text.json', 65, /text\.json: .*JSON/],
      ['truncated JSON', 'truncated.json', 65, /truncated\.json: /],
      ['an HTML page', 'page.html', 65, /page\.html: .*HTML/i],
      ['an empty file', 'empty.json', 65, /empty\.json: .*empty/i],
      ['JSON of another shape', 'number.json', 65, /number\.json: /],
      ['a file of rules, naming it', 'rules.txt', 65, /rules\.txt: .*iptables/i],
      ['a file that is not there', 'nowhere.json', 66, /nowhere\.json: /],
      ['a folder', 'folder', 65, /folder: is a folder/],
    ]
    for (const [what, file, code, said] of refused) {
      it(what, () => expectRefused(sidetrace([...command, '-f', join(folder, file)]), code, said))
    }

    it('an empty standard input', () => {
      expectRefused(sidetrace([...command, '-f', '-']), 65, /empty/i)
    })
  })
}

describe('sidetrace says which kind of file it was given', () => {
  for (const command of dumpCommands.filter(([, name]) => name !== 'endpoint')) {
    it(`/clusters in place of a config dump: ${command.slice(0, 2).join(' ')}`, () => {
      expectRefused(sidetrace([...command, '-f', join(folder, 'clusters.json')]), 65, /clusters\.json: .*\/clusters/)
    })
  }
})
