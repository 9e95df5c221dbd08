import {describe, expect, test} from 'vitest'
import {openSnapshot} from '../../src/sources/open-snapshot.js'

describe('the embedded sample', () => {
  test('opens by the word sample, with its pods and lazily read files', async () => {
    const sample = await openSnapshot('sample')
    expect(sample.document.pods.map((pod) => pod.namespace)).toContain('istio-system')
    expect(sample.document.hosts?.['reviews']).toEqual(['10.96.0.14'])
    expect(sample.text('pods/default/reviews-v2-6b5667f655-p9hxv/iptables-save.txt')).toContain('ISTIO_OUTPUT')
    expect(sample.text('pods/legacy/legacy-6f7d9d7d5c-q8zzn/config_dump.json')).toBeNull()
  })

  test('holds no private key', async () => {
    const sample = await openSnapshot('sample')
    for (const path of sample.files()) {
      const text = sample.text(path) ?? ''
      expect(text).not.toContain('PRIVATE KEY')
      for (const [, key] of text.matchAll(/"private_key":\s*\{\s*"inline_\w+":\s*"([^"]*)"/g))
        expect(Buffer.from(key ?? '', 'base64').toString()).toBe('[redacted]')
    }
  })

  test('no path leads out of a snapshot', async () => {
    const sample = await openSnapshot('sample')
    expect(sample.text('../../package.json')).toBeNull()
    expect(sample.bytes('pods/../snapshot.json')).toBeNull()
  })
})
