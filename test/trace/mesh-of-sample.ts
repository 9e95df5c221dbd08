import {openSnapshot} from '../../src/sources/open-snapshot.js'
import {buildMesh, type Mesh} from '../../src/trace/mesh.js'
import type {TraceRequest} from '../../src/trace/request.js'

export const sampleMesh = async (): Promise<Mesh> => buildMesh(await openSnapshot('sample'))

export const pods = {
  productpage: 'default/productpage-v1-64794f5db4-8s7zq',
  details: 'default/details-v1-79dfbd6fff-x5t4k',
  ratings: 'default/ratings-v1-5997b99df9-m2k8w',
  reviewsV2: 'default/reviews-v2-6b5667f655-p9hxv',
  legacy: 'legacy/legacy-6f7d9d7d5c-q8zzn',
} as const

/** A plain GET of the app's user; `more` says what is other. */
export const get = (pod: string, url: string, more: Partial<TraceRequest> = {}): TraceRequest => ({
  client: {pod, uid: 1000, gid: 1000},
  url,
  method: 'GET',
  headers: [],
  httpVersion: '1.1',
  connectTo: null,
  proxyRequest: false,
  tls: null,
  tcp: null,
  ...more,
})
