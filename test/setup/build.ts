import {execFileSync} from 'node:child_process'
import {existsSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

const newest = (dir: string): number =>
  Math.max(
    ...readdirSync(dir, {withFileTypes: true, recursive: true})
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )

/** Command tests run the built bin: it is built once before them, when a source or the build itself is newer than the manifest. */
export default function buildOnce(): void {
  const built = join(root, 'oclif.manifest.json')
  const sources = Math.max(
    newest(join(root, 'src')),
    newest(join(root, 'scripts')),
    statSync(join(root, 'package.json')).mtimeMs,
  )
  if (existsSync(built) && existsSync(join(root, 'dist/main.js')) && statSync(built).mtimeMs > sources) return
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], {cwd: root, stdio: ['ignore', 'ignore', 'inherit']})
}
