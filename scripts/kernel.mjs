#!/usr/bin/env node
// Compiles kernel/ (AssemblyScript) and writes it as text into src/scan/kernel-code.ts, which is kept in the repository:
// a test compares both. With `--print` the file's text goes to standard output instead.
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const options = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--enable', 'bulk-memory']
let binary
const {error, stderr} = await asc.main(['kernel/index.ts', '--baseDir', root, ...options, '--outFile', 'kernel.wasm'], {
  writeFile: (_, contents) => {
    binary = contents
  },
})
if (error !== null || binary === undefined) {
  console.error(String(stderr))
  process.exit(1)
}
const lines = Buffer.from(binary)
  .toString('base64')
  .match(/.{1,110}/g)
  .map((line) => `  '${line}'`)
const text = `// Made by \`npm run kernel\` from kernel/. Do not edit.\n\n/** The compiled kernel, in base 64. */\nexport const kernelCode =\n${lines.join(' +\n')}\n`
if (process.argv.includes('--print')) process.stdout.write(text)
else writeFileSync(join(root, 'src/scan/kernel-code.ts'), text)
