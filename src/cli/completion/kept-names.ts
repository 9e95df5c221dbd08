import {createHash} from 'node:crypto'
import {mkdirSync, readFileSync, renameSync, statSync, writeFileSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'

/** So long the names of a cluster are proposed without asking again, in milliseconds. */
const freshFor = 30_000

/** Where names are kept between two key presses: they are names alone, readable by their owner alone. */
const folder = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sidetrace', 'names')

/** The names that were read for the same key not long ago, else those that `read` gives now; older ones where that fails. */
export async function keptNames(key: readonly string[], read: () => Promise<string[]>): Promise<string[]> {
  const file = join(folder(), `${createHash('sha256').update(JSON.stringify(key)).digest('hex')}.json`)
  const kept = readKept(file)
  if (kept !== null && kept.age < freshFor) return kept.names
  try {
    const names = await read()
    keep(file, names)
    return names
  } catch (error) {
    if (kept !== null) return kept.names
    throw error
  }
}

function readKept(file: string): {names: string[]; age: number} | null {
  try {
    const names: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (!Array.isArray(names)) return null
    return {names: names.filter((name) => typeof name === 'string'), age: Date.now() - statSync(file).mtimeMs}
  } catch {
    // Nothing is kept yet, or another process writes it just now.
    return null
  }
}

function keep(file: string, names: readonly string[]): void {
  try {
    mkdirSync(folder(), {recursive: true, mode: 0o700})
    const unfinished = `${file}.${process.pid}`
    writeFileSync(unfinished, JSON.stringify(names), {mode: 0o600})
    renameSync(unfinished, file)
  } catch {
    // A home that cannot be written to: the names are asked for again the next time.
  }
}
