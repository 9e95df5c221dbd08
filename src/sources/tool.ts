import {execFile} from 'node:child_process'
import {errorCode} from './file-error.js'

/** How a program of this machine ended. `tool` is the program that was meant, inside of nsenter too. */
export type ToolResult =
  | {kind: 'done'; tool: string; stdout: string}
  | {kind: 'absent'; tool: string}
  | {kind: 'late'; tool: string; timeoutMs: number}
  | {kind: 'failed'; tool: string; stderr: string}

/** Runs a program with an array of arguments: no shell sees them. */
export type ToolRun = (program: string, args: readonly string[]) => Promise<ToolResult>

const timeoutMs = 15_000
const maxBuffer = 512 * 1024 * 1024

/** Tools of the network lie in sbin, which the PATH of a plain user lacks. */
const path = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`

export const runTool: ToolRun = (program, args) =>
  new Promise((resolve) => {
    const options = {timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer, env: {PATH: path, LC_ALL: 'C'}} as const
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({kind: 'done', tool: wanted(program, args), stdout})
      else if (errorCode(error) === 'ENOENT') resolve({kind: 'absent', tool: program})
      else if (error.killed === true && errorCode(error) === '')
        resolve({kind: 'late', tool: wanted(program, args), timeoutMs})
      else if (isAbsentInside(program, stderr)) resolve({kind: 'absent', tool: wanted(program, args)})
      else resolve({kind: 'failed', tool: wanted(program, args), stderr: stderr || error.message})
    })
  })

/** The program after `--`, where another one only leads to it. */
const wanted = (program: string, args: readonly string[]): string =>
  args.includes('--') ? (args[args.indexOf('--') + 1] ?? program) : program

/** nsenter's words for a program that it cannot find. */
const isAbsentInside = (program: string, stderr: string): boolean =>
  program === 'nsenter' && /^nsenter: failed to execute [^\n]*: No such file or directory/m.test(stderr)
