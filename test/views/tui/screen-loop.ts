import {worldOf} from '../../../src/cli/world.js'
import {openFolder} from '../../../src/sources/folder.js'
import {buildMesh} from '../../../src/trace/mesh.js'
import {lineText} from '../../../src/views/styled.js'
import type {Size} from '../../../src/views/tui/layout.js'
import {createLoop} from '../../../src/views/tui/loop.js'
import {captured, type Freshness} from '../../../src/views/tui/shell/freshness.js'
import {openShell} from '../../../src/views/tui/shell/reduce.js'
import type {Action, Shell, Start} from '../../../src/views/tui/shell/shell.js'
import type {World} from '../../../src/views/tui/world.js'

const mesh = buildMesh(openFolder('samples/bookinfo', 'sample'))

/** The embedded sample as the screen asks it. */
export const sampleWorld = (): World => worldOf(mesh, {suppositions: {}, redact: true})

export interface Opened {
  /** Presses keys one by one, and does whatever they ask for. */
  press: (...keys: string[]) => void
  act: (...actions: Action[]) => void
  screen: () => string
  shell: () => Shell
  /** What was asked of the outside. */
  asked: {saved: {path: string; text: string}[]; copied: string[]; quit: number; mouse: boolean[]}
  /** Sets the clock, and lets time pass. */
  tick: (now: number) => void
  /** Lets promises settle. */
  settled: () => Promise<void>
}

export interface LoopOptions {
  world?: World
  start?: Start
  size?: Size
  freshness?: Freshness
  refresh?: () => Promise<World>
}

const atPods: Start = {kind: 'table', where: {resource: 'pods', place: null, scope: null}}

/** The screen without a terminal: jobs run when the keys are through, and the clock stands until it is set. */
export function openLoop({world, start, size, freshness, refresh}: LoopOptions = {}): Opened {
  let now = 1_000_000
  let lines: string[] = []
  const jobs: (() => void)[] = []
  let idle: (() => void) | null = null
  const asked: Opened['asked'] = {saved: [], copied: [], quit: 0, mouse: []}
  const first = openShell(world ?? sampleWorld(), start ?? atPods, {
    size: size ?? {columns: 120, rows: 30},
    settings: {theme: 'dark', mouse: false, colour: true},
    freshness: freshness ?? captured,
    now,
  })
  const loop = createLoop(first, {
    draw: (drawn) => {
      lines = drawn.map(lineText)
    },
    quit: () => {
      asked.quit += 1
    },
    save: (path, text) => {
      asked.saved.push({path, text})
      return {text: `written to ${path}`, tone: 'good'}
    },
    copy: (text) => {
      asked.copied.push(text)
      return {text, tone: 'name'}
    },
    mouse: (on) => asked.mouse.push(on),
    refresh: refresh ?? (() => Promise.reject(new Error('nobody is there'))),
    later: (job) => jobs.push(job),
    whenIdle: (job) => {
      idle = job
    },
    now: () => now,
  })
  const run = (): void => {
    while (jobs.length > 0) jobs.shift()?.()
    const job = idle
    idle = null
    job?.()
  }
  const act = (...actions: Action[]): void => {
    loop.dispatch(...actions)
    run()
  }
  act({kind: 'resize', size: size ?? {columns: 120, rows: 30}})
  return {
    press: (...keys) => {
      for (const key of keys) act({kind: 'key', key})
    },
    act,
    screen: () => lines.join('\n'),
    shell: loop.shell,
    asked,
    tick: (next) => {
      now = next
      act({kind: 'clock', now})
    },
    settled: async () => {
      await new Promise((resolve) => setImmediate(resolve))
      run()
    },
  }
}
