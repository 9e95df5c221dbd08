import fc from 'fast-check'
import {expect, test} from 'vitest'
import {handedOut, type Job} from '../../../src/sources/capture/handed-out.js'

const tick = () => new Promise((resolve) => setImmediate(resolve))

test('every item of every job comes out once, never more than the limit held, and each job waits for its own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), {maxLength: 12}), fc.integer({min: 1, max: 4}), async (counts, limit) => {
      let [held, most, running, mostRunning] = [0, 0, 0, 0]
      const jobs = counts.map(
        (count, job): Job<string> =>
          async (put) => {
            mostRunning = Math.max(mostRunning, ++running)
            for (let index = 0; index < count; index++) {
              if (index % 2 === 1) await tick()
              most = Math.max(most, ++held)
              await put(`${job}.${index}`)
              held--
            }
            running--
          },
      )
      const came: string[] = []
      for await (const item of handedOut(jobs, limit)) {
        if (came.length % 3 === 0) await tick()
        came.push(item)
      }
      const wanted = counts.flatMap((count, job) => Array.from({length: count}, (_, index) => `${job}.${index}`))
      expect([...came].sort()).toEqual(wanted.sort())
      expect(most).toBeLessThanOrEqual(limit)
      expect(mostRunning).toBeLessThanOrEqual(limit)
    }),
    {numRuns: 60},
  )
})

test('a job that throws ends the whole, after what came before it', async () => {
  const jobs: Job<number>[] = [
    async (put) => {
      await put(1)
      throw new Error('gone')
    },
    async (put) => put(2),
  ]
  const came: number[] = []
  const read = async () => {
    for await (const item of handedOut(jobs, 1)) came.push(item)
  }
  await expect(read()).rejects.toThrow('gone')
  expect(came).toEqual([1])
})

test('jobs stop when nobody takes their items any more', async () => {
  let started = 0
  const jobs = Array.from(
    {length: 5},
    (): Job<number> => async (put) => {
      started++
      await put(started)
    },
  )
  for await (const _ of handedOut(jobs, 1)) break
  await tick()
  expect(started).toBeLessThanOrEqual(2)
})
