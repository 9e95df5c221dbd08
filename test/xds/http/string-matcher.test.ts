import {describe, expect, it} from 'vitest'
import {compileListStringMatcher, compileStringMatcher} from '../../../src/xds/match/string-matcher.js'

const matches = (raw: Record<string, unknown>, value: string) => compileStringMatcher(raw).matches(value)

describe('a string matcher', () => {
  it('compares exact, prefix, suffix and contains case by case unless told otherwise', () => {
    expect(matches({exact: 'v1'}, 'v1')).toBe(true)
    expect(matches({exact: 'v1'}, 'V1')).toBe(false)
    expect(matches({exact: 'v1', ignore_case: true}, 'V1')).toBe(true)
    expect(matches({prefix: '/api'}, '/apis')).toBe(true)
    expect(matches({suffix: '.com'}, 'a.com.')).toBe(false)
    expect(matches({contains: 'B', ignore_case: true}, 'abc')).toBe(true)
  })

  it('takes an empty exact text as a text', () => {
    expect(matches({exact: ''}, '')).toBe(true)
    expect(matches({exact: ''}, 'a')).toBe(false)
  })

  it('matches a regular expression against the whole value, and ignore_case does not reach it', () => {
    expect(matches({safe_regex: {regex: 'a|ab'}}, 'ab')).toBe(true)
    expect(matches({safe_regex: {regex: 'b'}}, 'ab')).toBe(false)
    expect(matches({safe_regex: {regex: 'v1'}, ignore_case: true}, 'V1')).toBe(false)
    expect(matches({safe_regex: {regex: '(?i)v1'}}, 'V1')).toBe(true)
  })

  it('folds ASCII letters only, as Envoy does', () => {
    expect(matches({exact: 'k', ignore_case: true}, '\u212a')).toBe(false)
  })

  it('says so where it is an extension', () => {
    const custom = {custom: {typed_config: {'@type': 'type.googleapis.com/envoy.extensions.string_matcher.lua.v3.Lua'}}}
    expect(compileStringMatcher(custom)).toMatchObject({known: false, want: expect.stringContaining('Lua')})
  })

  it('holds for a list when one pattern does', () => {
    const list = compileListStringMatcher({patterns: [{exact: 'a'}, {prefix: 'b'}]})
    expect([list.matches('a'), list.matches('bc'), list.matches('c')]).toEqual([true, true, false])
  })

  it('reads lowerCamelCase dumps alike', () => {
    expect(matches({safeRegex: {regex: 'v[12]'}}, 'v2')).toBe(true)
    expect(matches({exact: 'A', ignoreCase: true}, 'a')).toBe(true)
  })
})
