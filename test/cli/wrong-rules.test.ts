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

const rulesCommands = [
  ['iptables', 'show'],
  [
    'iptables',
    'trace',
    '--hook',
    'path-out',
    '--proto',
    'tcp',
    '--src',
    '10.0.0.1',
    '--dst',
    '10.0.0.2',
    '--dport',
    '80',
  ],
]

for (const command of rulesCommands) {
  describe(`sidetrace ${command.slice(0, 2).join(' ')} refuses`, () => {
    const refused: [string, string, number, RegExp][] = [
      ['a file of another program', 'fstab.txt', 65, /fstab\.txt: /],
      ['an HTML page', 'page.html', 65, /page\.html: /],
      ['an empty file', 'empty.json', 65, /empty\.json: .*empty/i],
      ['a config dump, naming it', 'config_dump.json', 65, /config_dump\.json: .*config dump/i],
      ['a file that is not there', 'nowhere.txt', 66, /nowhere\.txt: /],
    ]
    for (const [what, file, code, said] of refused) {
      it(what, () => expectRefused(sidetrace([...command, '-f', join(folder, file)]), code, said))
    }
  })
}
