import {readFileSync} from 'node:fs'
import type {Trace} from '../../src/trace/trace.js'
import type {CaptureFacts} from '../../src/views/story/story.js'

/** A Trace document from the fixtures. */
export const recordedTrace = (name: string): Trace =>
  JSON.parse(readFileSync(new URL(`../fixtures/trace/${name}.json`, import.meta.url), 'utf8'))

export const facts: CaptureFacts = {
  title: 'recorded',
  capturedAt: null,
  services: [{name: 'default/reviews', addresses: ['10.96.0.14']}],
}
