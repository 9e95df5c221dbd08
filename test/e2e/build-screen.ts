import {mkdtempSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {build} from 'esbuild'
import {root} from '../setup/run-bin.js'

/** Bundles the screen on recorded traces as the project bundles its commands; returns the program and how to remove it. */
export async function buildScreen(): Promise<{program: string; remove: () => void}> {
  const outdir = mkdtempSync(join(root, 'dist/screen-'))
  await build({
    absWorkingDir: root,
    entryPoints: ['test/e2e/screen-program.ts'],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    jsx: 'automatic',
    define: {'process.env.NODE_ENV': '"production"'},
    external: ['react-devtools-core'],
    banner: {
      js: "import {createRequire as __createRequire} from 'node:module';const require=__createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  return {program: join(outdir, 'screen-program.js'), remove: () => rmSync(outdir, {recursive: true})}
}
