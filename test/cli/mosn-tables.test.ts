import {describe, expect, it} from 'vitest'
import {worldOf} from '../../src/cli/world.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh} from '../../src/trace/mesh.js'
import {thingsOf} from '../../src/views/tui/find/things.js'
import {listing} from '../../src/views/tui/resources/catalogue.js'
import type {ResourceName} from '../../src/views/tui/resources/resource.js'

describe('the screen’s tables of a MOSN', async () => {
  const world = worldOf(buildMesh(await openSnapshot('sample-mosn')), {suppositions: {}, redact: true})
  const table = (resource: ResourceName, place: string | null) =>
    listing(world, {resource, place, scope: null}, new Date(0))

  it('are joined from the caller’s listener to the provider’s', () => {
    const path: string[] = []
    let rows = table('listeners', 'default/caller')
    for (let step = 0; step < 5; step += 1) {
      path.push(`${rows.name(0)}`)
      const next = rows.follow(0)
      if (next.kind === 'table') rows = listing(world, next.where, new Date(0))
    }
    expect(path).toEqual([
      'outbound_20882',
      'client_router #0',
      'outbound|dubbo|DemoService',
      '1.2.3.4:20881',
      'inbound_20881',
    ])
  })

  it('end at the app behind a loopback address', () => {
    const rows = table('endpoints', 'default/provider')
    expect(rows.follow(0)).toEqual({kind: 'nowhere', text: `${rows.name(0)} is the app of default/provider`})
  })

  it('show what was counted, and where a row stands in the dump', () => {
    const rows = table('endpoints', 'default/caller')
    expect(rows.cell(1, rows.titles.indexOf('REQUESTS'))).toBe('3')
    expect(rows.source(1)).toMatchObject({
      file: 'mosn/config_dump.json',
      at: "$.cluster['outbound|dubbo|DemoService'].hosts[0]",
    })
  })

  it('are found by a search, and told among the pods', () => {
    expect([...thingsOf(world, 'default/caller')].map(({name}) => name)).toContain('outbound|http|demo')
    const pods = table('pods', null)
    expect(pods.cell(0, pods.titles.indexOf('PROXY'))).toBe('mosn')
  })
})
