import {beforeAll, describe, expect, it} from 'vitest'
import type {Mesh} from '../../../src/trace/mesh.js'
import {nothing, withFiles} from '../changed-mesh.js'
import {get, pods, sampleMesh} from '../mesh-of-sample.js'
import {tell} from './asked.js'

let mesh: Mesh
beforeAll(async () => {
  mesh = await sampleMesh()
})

describe("rules that do not let the Envoy's own traffic out", () => {
  it('send it round, and the text says so', () => {
    const changed = withFiles(mesh, `pods/${pods.productpage}`, {
      'iptables-save.txt': (rules) =>
        rules
          .split('\n')
          .filter((rule) => !/owner [ug]id-owner|--[ug]id-owner/.test(rule))
          .join('\n'),
      'nft-ruleset.txt': nothing,
      'nft-ruleset.json': nothing,
    })
    const {outcome, text, lines} = tell(changed, get(pods.productpage, 'http://10.99.1.2:7777/'))
    expect(outcome).toMatchObject({kind: 'loop', by: {pod: pods.productpage}})
    expect(text).toMatch(/LOOP/i)
    expect(lines.length).toBeLessThanOrEqual(40)
  })
})
