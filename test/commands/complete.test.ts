import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'

const cache = mkdtempSync(join(tmpdir(), 'sidetrace-names-'))
afterAll(() => rmSync(cache, {recursive: true, force: true}))

const env = {XDG_CACHE_HOME: cache, KUBECONFIG: join(cache, 'none')}
const proposals = (...words: string[]): string[] => {
  const {exit, stdout} = sidetrace(['complete', '--', ...words], {env})
  expect(exit).toBe(0)
  return stdout.split('\n').slice(0, -1)
}
const values = (...words: string[]): string[] => proposals(...words).map((line) => line.split('\t')[0] ?? '')

describe('what can stand at the cursor', () => {
  it('is a command, with what it is for, or a topic', () => {
    expect(proposals('tra')).toEqual([expect.stringMatching(/^trace\tFollow a request/)])
    expect(proposals('ipt')).toEqual([expect.stringMatching(/^iptables\t/)])
    expect(values('iptables', '')).toEqual(expect.arrayContaining(['check', 'show', 'trace']))
  })

  it('is a command of a short topic too', () => {
    expect(values('pc', 'l')).toEqual(['listener', 'log'])
    expect(values('pc', 'l', '--for')).toEqual(['--for-port'])
  })

  it('is a flag that was not given yet, unless it may be repeated', () => {
    expect(values('match', '--dst', '1.2.3.4:80', '--d')).toEqual(['--direction', '--detail'])
    expect(values('match', '-H', 'a: b', '--head')).toEqual(['--header'])
  })

  it('is one of the words that a flag takes, in either form', () => {
    expect(values('match', '-o', 'j')).toEqual(['json', 'jsonl'])
    expect(values('match', '--output=j')).toEqual(['--output=json', '--output=jsonl'])
  })

  it('is a file, or the capture that comes with the program', () => {
    expect(values('trace', '--from', '')).toEqual([':files', 'sample'])
  })

  it('is a pod of the capture that was named', () => {
    expect(values('trace', '--from', 'sample', 'ratings')).toEqual([expect.stringMatching(/^ratings-v1-.*\.default$/)])
    expect(values('pc', 'listener', '--from', 'sample', '-n', '')).toContain('default')
  })

  it('is a cluster or a route of the pod that was named', () => {
    expect(values('pc', 'ep', 'productpage.default', '--from', 'sample', '--cluster', 'outbound|9080|v2')).toEqual([
      'outbound|9080|v2|reviews.default.svc.cluster.local',
    ])
    expect(values('pc', 'route', 'productpage.default', '--from', 'sample', '--name', '90')).toEqual(['9080', '9081'])
    expect(values('routes', 'who-reaches', '--from', 'sample', '--pod', 'productpage', 'BlackH')).toEqual([
      'BlackHoleCluster',
    ])
  })

  it('is nothing behind what is no command, and where no cluster answers', () => {
    expect(values('nonsense', 'x', '')).toEqual([])
    expect(values('pc', 'listener', 'prod')).toEqual([])
  })
})
