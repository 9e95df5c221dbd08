#!/usr/bin/env node
// Makes what Krew installs: an archive with sidetrace and all that it needs but Node, and the manifest that names the archive.
// usage: node scripts/krew.mjs FOLDER URI   URI is where the archive will be served, `file://` for trying it.
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {stringify} from 'yaml'

const [folder, uri] = process.argv.slice(2)
if (folder === undefined || uri === undefined) {
  console.error('usage: node scripts/krew.mjs FOLDER URI')
  process.exit(2)
}
const root = fileURLToPath(new URL('..', import.meta.url))
const {version, description, license} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const work = mkdtempSync(join(tmpdir(), 'sidetrace-krew-'))
process.on('exit', () => rmSync(work, {recursive: true, force: true}))
const run = (command, args, cwd) => execFileSync(command, args, {cwd, stdio: ['ignore', 'ignore', 'inherit']})

const home = join(work, 'sidetrace')
mkdirSync(home)
mkdirSync(folder, {recursive: true})
run('npm', ['pack', '--silent', '--pack-destination', work], root)
const packed = readdirSync(work).find((file) => file.endsWith('.tgz'))
writeFileSync(join(home, 'package.json'), '{"private": true, "type": "module"}\n')
run('npm', ['install', '--silent', '--no-audit', '--no-fund', join(work, packed)], home)
for (const name of ['kubectl-sidetrace', 'kubectl_complete-sidetrace']) {
  const launcher = join(home, name)
  writeFileSync(launcher, `#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/node_modules/.bin/${name}" "$@"\n`)
  chmodSync(launcher, 0o755)
}
writeFileSync(join(home, 'LICENSE'), `${license}\n`)
const archive = join(folder, `sidetrace-${version}.tar.gz`)
run('tar', ['-czf', archive, '-C', work, 'sidetrace'])

const manifest = {
  apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
  kind: 'Plugin',
  metadata: {name: 'sidetrace'},
  spec: {
    version: `v${version}`,
    shortDescription: 'Where does a request go in the mesh, and why',
    description: `${description}.\n`,
    caveats: 'Needs Node.js 20.19 or newer in PATH.\n',
    platforms: [
      {
        selector: {matchExpressions: [{key: 'os', operator: 'In', values: ['linux', 'darwin']}]},
        uri,
        sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
        files: [{from: 'sidetrace/*', to: '.'}],
        bin: 'kubectl-sidetrace',
      },
    ],
  },
}
writeFileSync(join(folder, 'sidetrace.yaml'), stringify(manifest))
console.log(`${archive}\n${join(folder, 'sidetrace.yaml')}`)
