#!/usr/bin/env node
// Packs the project, installs the package in an empty folder, and runs it there as a user would.
import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'sidetrace-pack-'))
process.on('exit', () => rmSync(folder, {recursive: true, force: true}))
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, {cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28})

/** Runs the installed tool; `wanted` must be in what it prints. */
function sidetrace(args, wanted) {
  const printed = run(join(folder, 'node_modules/.bin/sidetrace'), args)
  if (!printed.includes(wanted))
    throw new Error(`sidetrace ${args.join(' ')} printed no ${JSON.stringify(wanted)}:\n${printed.slice(0, 2000)}`)
  console.log(`ok: sidetrace ${args.join(' ')} (${printed.length} characters)`)
}

run('npm', ['pack', '--silent', '--pack-destination', folder], root)
const [archive] = readdirSync(folder).filter((file) => file.endsWith('.tgz'))
writeFileSync(join(folder, 'package.json'), '{"name": "empty", "private": true, "type": "module"}\n')
run('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${archive}`])
console.log(`ok: ${archive} is installed`)

sidetrace(['--version'], 'sidetrace/')
sidetrace(['trace'], 'reviews')
sidetrace(['trace', '-o', 'json'], '"kind": "Trace"')
sidetrace(['pc', 'listener', 'productpage', '--from', 'sample'], 'ADDRESSES')
writeFileSync(
  join(folder, 'use.js'),
  "import * as sidetrace from 'sidetrace'\nif (Object.keys(sidetrace).length === 0) process.exit(1)\n",
)
run(process.execPath, ['use.js'])
console.log('ok: import from sidetrace')

run(process.execPath, [join(root, 'scripts/krew.mjs'), join(folder, 'krew'), 'file:///archive.tar.gz'])
run(
  'tar',
  ['-xzf', readdirSync(join(folder, 'krew')).find((file) => file.endsWith('.tar.gz')) ?? ''],
  join(folder, 'krew'),
)
const plugin = run(join(folder, 'krew/sidetrace/kubectl-sidetrace'), [
  'pc',
  'listener',
  'productpage',
  '--from',
  'sample',
])
if (!plugin.includes('ADDRESSES')) throw new Error(`the kubectl plugin printed:\n${plugin}`)
console.log('ok: the archive for Krew')
