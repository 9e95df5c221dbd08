import {expect, test} from 'vitest'
import {renderForPeople} from '../../src/cli/trace-for-people.js'
import type {Snapshot} from '../../src/snapshot/snapshot.js'
import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh} from '../../src/trace/mesh.js'
import {walk} from '../../src/trace/walk.js'
import {get, pods} from '../trace/mesh-of-sample.js'

const objects = [
  'objects/VirtualService/default/reviews.json',
  'objects/AuthorizationPolicy/default/ratings-allow.json',
]

/** The sample as if the mesh's objects had been captured with it. */
async function withObjects(): Promise<Snapshot> {
  const sample = await openSnapshot('sample')
  return {
    ...sample,
    files: () => [...sample.files(), ...objects],
    bytes: (path) => (objects.includes(path) ? Buffer.from('{}') : sample.bytes(path)),
  }
}

test.each([
  ['http://reviews:9080/reviews/0', [['end-user', 'jason']], 'VirtualService default/reviews', objects[0]],
  ['http://ratings:9080/ratings/0', [], 'AuthorizationPolicy default/ratings-allow', objects[1]],
] as const)('a trace of %s names the object and the file behind what decided', async (url, headers, object, file) => {
  const mesh = buildMesh(await withObjects())
  const client = url.includes('ratings') ? pods.reviewsV2 : pods.productpage
  const trace = walk(mesh, get(client, url, {headers: headers.map(([name, value]) => [name, value])}))
  const text = await renderForPeople(mesh, trace, 'text', {detail: 'full', redact: true})
  expect(text.replace(/\s+/g, ' ')).toContain(`made by ${object} (${file})`)
})
