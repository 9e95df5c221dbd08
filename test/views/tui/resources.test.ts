import {describe, expect, it} from 'vitest'
import {valueAt} from '../../../src/trace/source.js'
import {hasPlace, listing, needsProxy} from '../../../src/views/tui/resources/catalogue.js'
import {resourceNames, type Where} from '../../../src/views/tui/resources/resource.js'
import {sampleWorld} from './screen-loop.js'

const world = sampleWorld()
const now = new Date('2026-11-23T09:00:00Z')

/** Every table of the sample, and those that their rows lead to. */
function everyTable(): Where[] {
  const first = resourceNames.flatMap((resource): Where[] => {
    if (!hasPlace(resource)) return [{resource, place: null, scope: null}]
    const places = needsProxy(resource) ? world.pods.filter(world.hasProxy) : [...world.pods, 'node1']
    return places.map((place) => ({resource, place, scope: null}))
  })
  const next = first.flatMap((where) => {
    const rows = listing(world, where, now)
    return Array.from({length: rows.count}, (_, row) => rows.follow(row)).flatMap((to) =>
      to.kind === 'table' ? [to.where] : [],
    )
  })
  return [...first, ...next]
}

const tables = everyTable()

describe('the tables of a mesh', () => {
  it('fill every cell with text that a terminal may show, and no table of another one fails', () => {
    expect(tables.length).toBeGreaterThan(500)
    for (const where of tables) {
      const rows = listing(world, where, now)
      for (let row = 0; row < rows.count; row += 1)
        for (let column = 0; column < rows.titles.length; column += 1)
          expect(rows.cell(row, column)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|\[object/)
    }
  })

  it('name the place of each row truly: what stands there is what the row shows', () => {
    let checked = 0
    for (const where of tables) {
      const rows = listing(world, where, now)
      for (let row = 0; row < rows.count; row += 1) {
        const source = rows.source(row)
        if (source === null || !source.at.startsWith('$.') || where.place === null) continue
        const document = source.file === 'clusters.json' ? world.clusters(where.place) : world.dump(where.place)
        expect(valueAt(document, source.at)).toBe(source.document)
        checked += 1
      }
    }
    expect(checked).toBeGreaterThan(1000)
  })

  it('lead on, or say why not', () => {
    for (const where of tables) {
      const rows = listing(world, where, now)
      for (let row = 0; row < rows.count; row += 1) {
        const to = rows.follow(row)
        if (to.kind === 'nowhere') expect(to.text.length).toBeGreaterThan(10)
        // A route may name a cluster that there is not, a cluster may be empty, and a pod without a sidecar has no rules.
        else if (['listeners', 'chains', 'routes'].includes(to.where.resource))
          expect(listing(world, to.where, now).count, JSON.stringify(to.where)).toBeGreaterThan(0)
      }
    }
  })

  it('have one command for each row', () => {
    for (const where of tables) {
      const rows = listing(world, where, now)
      for (let row = 0; row < rows.count; row += 1) expect(rows.command(row).join(' ')).toContain('sample')
    }
  })
})
