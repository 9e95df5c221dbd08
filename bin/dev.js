#!/usr/bin/env node
// Builds from source, then starts: what `run.js` does for an installed package, without a separate build step.
import {execFileSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

execFileSync(process.execPath, [fileURLToPath(new URL('../scripts/build.mjs', import.meta.url))], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
await import('./run.js')
