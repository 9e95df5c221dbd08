#!/usr/bin/env node
// Runs every `$ sidetrace ...` of a ```console block in the README and the guides, and writes what it prints below it;
// draws the pictures of docs/gallery. `--check` writes nothing, and fails where something is out of date.
// `--screen` draws the terminal UI too, which needs a pseudo-terminal.
import {execFile, execFileSync} from 'node:child_process'
import {chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = ['README.md', 'docs/debugging.md', 'docs/mosn.md', 'docs/gallery/README.md']
const pictures = {
  'docs/gallery/delivered.svg': 'sidetrace trace --from sample -o svg',
  'docs/gallery/denied.svg': 'sidetrace trace productpage http://ratings:9080/ratings/0 --from sample -o svg',
  'docs/gallery/gateway.svg':
    "sidetrace trace sleep http://istio-ingressgateway.istio-system/productpage -H 'Host: bookinfo.example.com' --from sample -o svg",
  'docs/gallery/itself.svg': 'sidetrace trace productpage http://productpage:9080/productpage --from sample -o svg',
}
const atOnce = 3

const bin = mkdtempSync(join(tmpdir(), 'sidetrace-gallery-'))
process.on('exit', () => rmSync(bin, {recursive: true, force: true}))
writeFileSync(join(bin, 'sidetrace'), `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/run.js')}" "$@"\n`)
chmodSync(join(bin, 'sidetrace'), 0o755)

/** What a shell prints for `line`, as a reader would type it in the project's folder. */
async function run(line) {
  const {stdout} = await promisify(execFile)('/bin/sh', ['-c', line], {
    cwd: root,
    encoding: 'utf8',
    env: {...process.env, NO_COLOR: '1', COLUMNS: '', PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`},
    maxBuffer: 1 << 28,
  })
  return stdout
}

/** `run` of all lines, a few at a time: each line once. */
async function runAll(lines) {
  const waiting = [...new Set(lines)]
  const printed = new Map()
  const work = async () => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) printed.set(line, await run(line))
  }
  await Promise.all(Array.from({length: atOnce}, work))
  return printed
}

const block = /^```console\n\$ (sidetrace [^\n]*)\n[\s\S]*?^```$/gm

const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), 'utf8')]))
const commands = [...texts.values()].flatMap((text) => [...text.matchAll(block)].map(([, command]) => command))
const printed = await runAll([...commands, ...Object.values(pictures)])

const made = new Map(Object.entries(pictures).map(([file, command]) => [file, printed.get(command)]))
for (const [page, text] of texts)
  made.set(
    page,
    text.replace(block, (_, command) => `\`\`\`console\n$ ${command}\n${printed.get(command).trimEnd()}\n\`\`\``),
  )

for (const [file, text] of made) {
  const path = join(root, file)
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  if (!process.argv.includes('--check')) writeFileSync(path, text)
  else {
    console.error(`${file} is not what the commands print: run node scripts/gallery.mjs`)
    process.exitCode = 1
  }
}
if (process.argv.includes('--screen'))
  execFileSync(process.execPath, [join(root, 'scripts/screenshot.mjs'), 'docs/tui.svg'], {cwd: root, stdio: 'inherit'})
