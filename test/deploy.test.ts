import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import {root, sidetrace} from './setup/run-bin.js'

const read = (file: string): string => readFileSync(join(root, file), 'utf8')

describe('the image recipe', () => {
  const recipe = read('deploy/Dockerfile')

  it('copies what exists', () => {
    const copied = [...recipe.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, files = '']) => files.split(' '))
    expect(copied.length).toBeGreaterThan(5)
    expect(copied.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it('has a Node that the package runs on', () => {
    const {engines} = JSON.parse(read('package.json'))
    const floor = Number(/\d+/.exec(engines.node)?.[0])
    for (const [, version] of recipe.matchAll(/^FROM node:(\d+)/gm))
      expect(Number(version)).toBeGreaterThanOrEqual(floor)
  })
})

describe('the plugins for k9s', () => {
  const {plugins}: {plugins: Record<string, {args: string[]}>} = parse(read('deploy/k9s/plugins.yaml'))

  it.each(Object.entries(plugins))('%s runs a command that there is', (_, {args}) => {
    const [command = ''] = (args[1] ?? '').split(' | ')
    const words = command.replace('"$1"', 'productpage.default').replace('--context "$2"', '--from sample').split(' ')
    const {exit, stdout, stderr} = sidetrace(words.slice(1))
    expect({exit, stderr}).toEqual({exit: 0, stderr: ''})
    expect(stdout.split('\n').length).toBeGreaterThan(5)
  })
})

it('kubectl is told what can be completed, and that files cannot', () => {
  const {exit, stdout} = sidetrace(['complete', '--kubectl', '--', 'pc', 'listener', '--from', 'sample', 'ratings'])
  expect({exit, lines: stdout.split('\n')}).toEqual({
    exit: 0,
    lines: [expect.stringMatching(/^ratings-v1-.*\.default$/), ':4', ''],
  })
})
