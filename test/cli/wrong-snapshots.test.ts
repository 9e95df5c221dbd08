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

describe('sidetrace refuses a snapshot', () => {
  const commands = [
    ['trace', 'productpage', 'http://reviews:9080/'],
    ['snapshot', 'show'],
    ['snapshot', 'export'],
  ]
  for (const command of commands) {
    const name = command.slice(0, 2).join(' ')
    it(`that is not there: ${name}`, () => {
      expectRefused(sidetrace([...command, '--from', join(folder, 'nowhere')]), 66, /nowhere: /)
    })
    it(`that is an empty folder: ${name}`, () => {
      expectRefused(sidetrace([...command, '--from', join(folder, 'folder')]), 65, /folder.*snapshot\.json/)
    })
    it(`whose document is of another kind: ${name}`, () => {
      expectRefused(sidetrace([...command, '--from', join(folder, 'broken')]), 65, /snapshot\.json/)
    })
    it(`that is a text file: ${name}`, () => {
      expectRefused(sidetrace([...command, '--from', join(folder, 'fstab.txt')]), 65, /fstab\.txt: /)
    })
  }

  it('without the asked pod, naming the nearest', () => {
    const ran = sidetrace(['trace', 'productpag-v1', 'http://reviews:9080/', '--from', 'sample'])
    expectRefused(ran, 66, /productpag-v1.*productpage-v1/)
  })
})
