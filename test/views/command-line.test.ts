import {describe, expect, it} from 'vitest'
import type {TraceRequest} from '../../src/trace/request.js'
import {commandLine, shellWord} from '../../src/views/story/command-line.js'
import {recordedTrace} from './recorded.js'

const {request} = recordedTrace('delivered')
const asked = (more: Partial<TraceRequest>): string => commandLine({...request, ...more}, ['--from', 'sample'])

describe('the equivalent command', () => {
  it('quotes for the shell whatever is not plain', () => {
    expect(shellWord('http://a:1/b?c=d')).toBe("'http://a:1/b?c=d'")
    expect(shellWord("it's; rm -rf $HOME")).toBe("'it'\\''s; rm -rf $HOME'")
    expect(shellWord('plain-1.2_3')).toBe('plain-1.2_3')
  })

  it('names method, headers, version and address as curl does', () => {
    const line = asked({
      url: 'http://reviews:9080/x',
      method: 'POST',
      headers: [
        ['x-empty', ''],
        ['Host', null],
      ],
      httpVersion: '2',
      connectTo: '10.0.0.1:9080',
    })
    expect(line).toContain(
      "-X POST -H 'x-empty;' -H Host: --http2-prior-knowledge --resolve reviews:9080:10.0.0.1 --from sample",
    )
  })

  it('asks for TCP with its first bytes', () => {
    expect(asked({url: null, method: null, headers: [], tcp: {dst: 'tcp-echo:7070', data: 'hi there'}})).toContain(
      "--tcp tcp-echo:7070 --data 'hi there'",
    )
  })
})
