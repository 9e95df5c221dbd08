import type {TraceRequest} from '../../../src/trace/request.js'
import {chance, pick, type Random} from '../upstream/random.js'
import {type MeshPlan, serviceAddresses} from './plan.js'

/** A request between the pods of a mesh, drawn by chance. */
export function drawRequest(random: Random, {pods}: MeshPlan, id: string): TraceRequest {
  const client = pick(random, [pods.shop, pods.shop, pods.first, pods.second, pods.plain])
  const uid = pick(random, [1000, 1000, 1000, 0, 1337])
  const base = {
    id,
    client: {pod: `default/${client.name}`, uid, gid: uid},
    proxyRequest: false,
    connectTo: null,
    tls: null,
  }
  if (chance(random, 0.15)) {
    const host = pick(random, ['bytes', pods.first.ip, pods.second.ip, pods.plain.ip, client.ip])
    return {
      ...base,
      url: null,
      method: null,
      headers: [],
      httpVersion: null,
      tcp: {dst: `${host}:7070`, data: 'hello\n'},
    }
  }
  const service = pick(random, ['store', 'store', 'store', 'shop', 'plain'])
  const named = chance(random, 0.7)
  const host = named
    ? service
    : pick(random, [pods.shop.ip, pods.first.ip, pods.second.ip, pods.plain.ip, client.ip, serviceAddresses.store])
  const port = named || chance(random, 0.8) ? 9080 : pick(random, [9999, 15001, 15006])
  const path = pick(random, [
    '/',
    '/items/1',
    '/admin',
    '/admin/x',
    '/v1/items',
    '/direct',
    '/old',
    '/a/../admin',
    '//admin',
    '/%61dmin',
  ])
  const headers: [string, string | null][] = []
  if (chance(random, 0.25)) headers.push(['end-user', pick(random, ['jason', 'Jason', 'bob'])])
  if (chance(random, 0.08)) headers.push(['x-ghost', '1'])
  if (chance(random, 0.08)) headers.push(['x-fault', 'abort'])
  if (chance(random, 0.08)) headers.push(['Host', pick(random, ['nobody.example.com', 'store:9080', 'plain'])])
  return {
    ...base,
    url: `http://${host}:${port}${path}`,
    method: pick(random, ['GET', 'GET', 'POST', 'DELETE']),
    headers,
    httpVersion: pick(random, ['1.1', '1.1', '1.1', '1.0']),
    tcp: null,
  }
}
