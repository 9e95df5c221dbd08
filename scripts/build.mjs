#!/usr/bin/env node
// One bundled, split ESM build: an entry for each command, shared code in chunks that only those load that need them.
// Run at install (`prepare`). `--no-manifest` leaves out oclif's manifest and the type declarations, for quick rebuilds.
import {execFileSync} from 'node:child_process'
import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {build} from 'esbuild'
import {leanStart} from './lean-start.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const files = (dir) =>
  readdirSync(join(root, dir), {withFileTypes: true, recursive: true})
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))

rmSync(join(root, 'dist'), {recursive: true, force: true})
await build({
  absWorkingDir: root,
  entryPoints: [
    {in: 'src/main.ts', out: 'main'},
    {in: 'src/index.ts', out: 'index'},
    ...files('src/commands').map((path) => ({in: path, out: path.slice(join(root, 'src/').length, -'.ts'.length)})),
  ],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  jsx: 'automatic',
  define: {'process.env.NODE_ENV': '"production"'},
  chunkNames: 'chunks/[name]-[hash]',
  external: ['react-devtools-core'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  banner: {
    js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
  },
  plugins: [leanStart],
  logLevel: 'warning',
})

/** Runs a development tool of the project. `oclif` asks a registry for its own newest version unless told not to. */
function tool(path, ...args) {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules', path), ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {...process.env, NODE_OPTIONS: '', OCLIF_SKIP_NEW_VERSION_CHECK: 'true'},
    })
  } catch (error) {
    console.error(`${path} failed:\n${error.stdout}`)
    process.exit(1)
  }
}

if (!process.argv.includes('--no-manifest')) {
  tool('typescript/bin/tsc', '-p', 'tsconfig.types.json')
  rmSync(join(root, 'oclif.manifest.json'), {force: true})
  tool('oclif/bin/run.js', 'manifest', root)
}
