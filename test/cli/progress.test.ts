import {expect, test} from 'vitest'
import {startProgress} from '../../src/cli/progress.js'

function run(terminal: boolean, steps: readonly [number, boolean][]): string[] {
  let now = 0
  const lines: string[] = []
  const clock = () => now
  const progress = startProgress({what: 'pods', total: 100, terminal, write: (text) => lines.push(text), clock})
  for (const [after, failed] of steps) {
    now += after
    progress.step(failed)
  }
  progress.end()
  return lines
}

test('tells count, rate, failures and the time that is left', () => {
  const steps = Array.from({length: 20}, (_, index): [number, boolean] => [500, index === 3])
  expect(run(false, steps)).toEqual([
    '10 of 100 pods, 2/s, 1 failed, 45 s left\n',
    '20 of 100 pods, 2/s, 1 failed, 40 s left\n',
  ])
})

test('draws one line anew on a terminal, not more than ten times a second', () => {
  const drawn = run(
    true,
    Array.from({length: 30}, () => [10, false]),
  )
  expect(drawn.length).toBe(4)
  expect(drawn.every((text) => text.startsWith('\r\u001b[K'))).toBe(true)
  expect(drawn.at(-1)).toBe('\r\u001b[K30 of 100 pods, 100/s, 1 s left\n')
})
