import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import {reportError} from '../../src/cli/report-error.js'
import {DataError, ExpectationError, SourceError, UsageError} from '../../src/errors.js'

let written: string
beforeEach(() => {
  written = ''
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += String(text)
    return true
  })
})
afterEach(() => void vi.restoreAllMocks())

it('gives each kind of error the exit code of the table', () => {
  const errors = [
    new UsageError('w', 'x'),
    new DataError('w', 'x'),
    new SourceError('missing', 'w', 'x'),
    new SourceError('unreachable', 'w', 'x'),
    new SourceError('forbidden', 'w', 'x'),
    new ExpectationError('w', 'x'),
    new TypeError('x is not a function'),
  ]
  expect(errors.map(reportError)).toEqual([2, 65, 66, 69, 77, 79, 1])
})

it('says where, what and what to do on one line, without what a terminal would obey', () => {
  reportError(new DataError('is not JSON', 'a\u001b[31mb\nc', 'Pass a config dump'))
  expect(written).toBe('Error: ab c: is not JSON. Pass a config dump\n')
})

it('shows the stack of a bug, and of nothing else', () => {
  reportError(new TypeError('boom'))
  expect(written).toMatch(/^This is a bug in sidetrace: TypeError: boom\nTypeError: boom\n {4}at /)
})

it('is silent when the reader went away', () => {
  expect(reportError(Object.assign(new Error('write EPIPE'), {code: 'EPIPE'}))).toBe(0)
  expect(written).toBe('')
})

it('calls output that cannot be written no bug', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC', syscall: 'write'})
  expect(reportError(full)).toBe(77)
  expect(written).toBe('Error: standard output: cannot be written: ENOSPC: no space left on device, write\n')
})
