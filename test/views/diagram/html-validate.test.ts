import {HtmlValidate, StaticConfigLoader} from 'html-validate'
import {expect, it} from 'vitest'
import type {Trace} from '../../../src/trace/trace.js'
import {renderHtml} from '../../../src/views/diagram/html.js'
import {facts, recordedTrace} from '../recorded.js'

const names = ['delivered', 'denied', 'no-cluster', 'no-route-to-host', 'plaintext-to-strict', 'unsure', 'weighted']

const validator = new HtmlValidate(new StaticConfigLoader({root: true, extends: ['html-validate:recommended']}))

/** What html-validate's recommended rules find in the page. */
async function found(trace: Trace): Promise<string[]> {
  const source = (at: string) => ({at, rule: 'what a user wrote  ', evil: '</pre><script>"\'&'})
  const {results} = await validator.validateString(renderHtml(trace, {facts, source}))
  return results.flatMap(({messages}) =>
    messages.map(({ruleId, line, message}) => `${ruleId}, line ${line}: ${message}`),
  )
}

it.each(names)('makes a page in which html-validate finds nothing (%s)', async (name) => {
  expect(await found(recordedTrace(name))).toEqual([])
})

it('makes such a page of names that would end an attribute or an element, too', async () => {
  const hostile = JSON.stringify(recordedTrace('weighted'))
    .replaceAll('node1', 'n\\"><b id=x onclick=y>')
    .replaceAll('bookinfo-productpage', "it's <a href='x'> & \\u001b[2J")
  expect(await found(JSON.parse(hostile))).toEqual([])
})

it('is asked of a validator that finds what is wrong', async () => {
  const {valid} = await validator.validateString('<!DOCTYPE html><html lang="en"><p id="a"><div id="a"></div></html>')
  expect(valid).toBe(false)
})
