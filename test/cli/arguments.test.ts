import {describe, expect, test} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'

const match = (...args: string[]) =>
  sidetrace([
    'match',
    '--from',
    'sample',
    '--pod',
    'productpage',
    '--direction',
    'outbound',
    '--dst',
    '10.96.0.14:9080',
    '-o',
    'json',
    ...args,
  ])

describe('the command line', () => {
  test('takes the word behind a repeatable flag’s value for what it is', () => {
    const [inFront, behind] = [
      match('-H', 'end-user: jason', '-H', 'a: b', 'http://reviews:9080/'),
      match('http://reviews:9080/', '-H', 'end-user: jason', '-H', 'a: b'),
    ]
    expect(inFront.exit).toBe(0)
    expect(inFront).toEqual(behind)
    expect(JSON.parse(inFront.stdout)).toHaveProperty(
      ['request', 'http', 'headers'],
      [
        ['end-user', 'jason'],
        ['a', 'b'],
      ],
    )
  })

  test('takes no argument from standard input', () => {
    const args = [
      'proxy-config',
      'cluster',
      '-f',
      'samples/bookinfo/pods/default/reviews-v2-6b5667f655-p9hxv/config_dump.json',
    ]
    expect(sidetrace(args, {input: 'a word\n'})).toEqual(sidetrace(args))
  })
})
