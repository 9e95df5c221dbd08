import {join} from 'node:path'
import {vi} from 'vitest'
import {Config} from '../../src/cli/oclif.js'
import {reportError} from '../../src/cli/report-error.js'
import {type Ran, root} from '../setup/run-bin.js'

/** A command as oclif runs it. */
interface Runnable {
  run(argv: string[], config: Config): Promise<unknown>
}

let config: Config | null = null

/** Runs a command in this process: a fiftieth of what a process of its own takes, where only its output matters. */
export async function runInside(args: readonly string[]): Promise<Ran> {
  config ??= await Config.load(root)
  const path = args[0] === 'pc' ? ['proxy-config', ...args.slice(1)] : args
  const length = ['proxy-config', 'iptables', 'snapshot', 'routes'].includes(path[0] ?? '') ? 2 : 1
  const file = join(root, 'src/commands', `${path.slice(0, length).join('/')}.ts`)
  const {default: command}: {default: Runnable} = await import(/* @vite-ignore */ file)
  const [stdout, stopStdout] = caught(process.stdout)
  const [stderr, stopStderr] = caught(process.stderr)
  const own = process.exitCode
  process.exitCode = undefined
  try {
    await command.run([...path.slice(length)], config)
    return {exit: Number(process.exitCode ?? 0), stdout: stdout.join(''), stderr: stderr.join('')}
  } catch (error) {
    return {exit: reportError(error), stdout: stdout.join(''), stderr: stderr.join('')}
  } finally {
    process.exitCode = own
    stopStdout()
    stopStderr()
  }
}

function caught(stream: NodeJS.WriteStream): [string[], () => void] {
  const texts: string[] = []
  const spy = vi.spyOn(stream, 'write').mockImplementation((text, ...rest: unknown[]) => {
    texts.push(typeof text === 'string' ? text : Buffer.from(text).toString())
    const done = rest.find((each): each is () => void => typeof each === 'function')
    done?.()
    return true
  })
  return [texts, () => spy.mockRestore()]
}
