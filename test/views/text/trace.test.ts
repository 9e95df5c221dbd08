import {describe, expect, it} from 'vitest'
import type {Trace} from '../../../src/trace/trace.js'
import {renderTraceText} from '../../../src/views/text/trace.js'
import {facts, recordedTrace} from '../recorded.js'

const summary = (trace: Trace, width = 100): string =>
  renderTraceText(trace, {detail: 'summary', width, colour: false, capture: facts})

describe('the text of a trace', () => {
  it('gives the answer first, then the way', () => {
    const lines = summary(recordedTrace('delivered')).split('\n')
    expect(lines[0]).toBe('GET http://reviews:9080/reviews/0   end-user: jason')
    expect(lines[3]).toMatch(/^DELIVERED to reviews-v2-6b5667f655-p9hxv, 10\.10\.0\.15:9080 {3}certain$/)
    expect(lines.findIndex((text) => text.startsWith('  1 app'))).toBeGreaterThan(3)
  })

  it('names the rule that redirected beside what it did', () => {
    expect(summary(recordedTrace('delivered'))).toMatch(
      /2 netns .*redirected to 127\.0\.0\.1:15001.*nat:ISTIO_OUTPUT:rule:11/,
    )
  })

  it.each(['delivered', 'denied', 'no-cluster', 'plaintext-to-strict', 'unsure', 'weighted'])(
    'fits 80 and 100 columns (%s)',
    (name) => {
      for (const width of [80, 100])
        for (const detail of ['summary', 'full'] as const)
          for (const text of renderTraceText(recordedTrace(name), {detail, width, colour: false}).split('\n'))
            expect(text.length, text).toBeLessThanOrEqual(width)
    },
  )

  it('says who asked, what is open, and what to change, where a policy denies', () => {
    const text = summary(recordedTrace('denied'))
    expect(text).toContain('DENIED with 403 by the Envoy of ratings-v1-5997b99df9-m2k8w')
    expect(text).toContain('details rbac_access_denied_matched_policy[none]')
    expect(text).toMatch(/who asked +spiffe:\/\/cluster\.local\/ns\/default\/sa\/bookinfo-productpage/)
    expect(text).toContain('default/ratings-allow')
    expect(text).toMatch(/to change +add principal .*bookinfo-productpage to/)
    expect(text).toContain('not reached: the app of ratings-v1-5997b99df9-m2k8w')
  })

  it('names the missing subset, the object that lacks it, and the flags, where a cluster does not exist', () => {
    const text = summary(recordedTrace('no-cluster'))
    expect(text).toContain('response flags NC, details cluster_not_found')
    expect(text).toMatch(/add subset undefined to the DestinationRule for reviews\.default\.svc\.cluster\.local/)
  })

  it('tells a client without a sidecar that its plaintext meets a door for mTLS', () => {
    const text = summary(recordedTrace('plaintext-to-strict'))
    expect(text).toContain('takes only mTLS here, and this is plaintext')
    expect(text).toContain('give legacy-6f7d9d7d5c-q8zzn a sidecar')
  })

  it('puts shares first, the common way once, and of other branches only what differs', () => {
    const text = summary(recordedTrace('weighted'))
    expect(text).toMatch(/DELIVERED to one of 2[\s\S]*80 % {2}reviews-v1[\s\S]*20 % {2}reviews-v3[\s\S]*1 app/)
    expect(text.match(/connects to/g)).toHaveLength(1)
    expect(text.split('otherwise')[1]).toContain('outbound|9080|v3|reviews.default.svc.cluster.local')
    expect(text.split('otherwise')[1]).not.toContain('virtual host')
  })

  it('shows what it supposes before the way', () => {
    const text = summary(recordedTrace('unsure'))
    expect(text).toMatch(/if the assumption holds/)
    expect(text.indexOf('supposing')).toBeLessThan(text.indexOf('1 app'))
  })

  it('lists every candidate with the first thing that ruled it out, in full detail', () => {
    const text = renderTraceText(recordedTrace('weighted'), {detail: 'full', width: 100, colour: false})
    expect(text).toMatch(/1 no +jason +header end-user = jason: absent/)
    expect(text).toMatch(/> +7 yes +weighted/)
  })

  it('has one stable line a hop in minimal detail', () => {
    const text = renderTraceText(recordedTrace('delivered'), {detail: 'minimal', width: 20, colour: true})
    expect(text.split('\n').slice(0, 3)).toEqual([
      'branch 1 1.0000 delivered - - - by default/reviews-v2-6b5667f655-p9hxv 10.10.0.15:9080',
      'app default/productpage-v1-64794f5db4-8s7zq 10.96.0.14:9080',
      'netns default/productpage-v1-64794f5db4-8s7zq app-to-proxy nat:OUTPUT:rule:1 nat:ISTIO_OUTPUT:rule:11 nat:ISTIO_REDIRECT:rule:1 -> 127.0.0.1:15001',
    ])
  })

  it('colours nothing unless asked, and says the same either way', () => {
    const trace = recordedTrace('denied')
    const plain = summary(trace)
    const coloured = renderTraceText(trace, {detail: 'summary', width: 100, colour: true, capture: facts})
    expect(plain).not.toContain('\u001b')
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(plain)
  })

  it('strips terminal escapes from every name', () => {
    const trace = recordedTrace('delivered')
    const evil = JSON.parse(
      JSON.stringify(trace).replaceAll('jason', 'ja\\u001b[2Json').replaceAll('node1', 'no\\u0007de1'),
    )
    for (const detail of ['minimal', 'summary', 'full'] as const)
      expect(renderTraceText(evil, {detail, width: 100, colour: false})).not.toMatch(
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/,
      )
  })
})
