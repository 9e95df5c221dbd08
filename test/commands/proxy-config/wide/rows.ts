import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'vitest'
import {root, sidetrace} from '../../../setup/run-bin.js'

const pods = join(root, 'samples/bookinfo/pods/default')

/** The folder of a pod of the sample. */
export const productpage = join(pods, readdirSync(pods).find((pod) => pod.startsWith('productpage')) ?? '')
export const dump = join(productpage, 'config_dump.json')

export const any = (name: string, more: object = {}) => ({'@type': `type.googleapis.com/${name}`, ...more})

/** The rows of a wide table as texts with single blanks, without the titles. `document` is passed on standard input. */
export function rowsOf(args: readonly string[], document?: object): string[] {
  const input = document === undefined ? [] : ['-f', '-']
  const command = ['pc', ...args, '-o', 'wide', ...input]
  const {exit, stdout, stderr} = sidetrace(command, {input: document === undefined ? '' : JSON.stringify(document)})
  expect({exit, stderr}).toEqual({exit: 0, stderr: ''})
  return stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/ +/g, ' '))
}

/** The rows of a dump that holds one section. */
export const rowsOfSection = (command: string, name: string, lists: object, ...flags: string[]): string[] =>
  rowsOf([command, ...flags], {configs: [any(`envoy.admin.v3.${name}`, lists)]})
