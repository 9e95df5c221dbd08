import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import type {JsonObject} from '../../../src/xds/parse/field.js'
import {root} from '../../setup/run-bin.js'
import {answer, envoyWith} from './fixture.js'

/** Connections that iptables redirected to listeners of Envoy 1.40, and where that took them. */
interface Probe {
  name: string
  listeners: JsonObject[]
  connections: {
    dst: string
    /** Port of REDIRECT in OUTPUT; null: the connection was not redirected. */
    redirectedTo: number | null
    tls: JsonObject | null
    listener: string
    chain: string | null
    flags: string
  }[]
}

const probe: Probe = JSON.parse(readFileSync(join(root, 'test/fixtures/xds/original-dst.json'), 'utf8'))

/** What each connection shows, in the order of the recording. */
const shows = [
  'goes to the listener of its exact address, and there to the chain for plaintext',
  'goes to the listener of its exact address, and there to the chain for TLS',
  'goes to the wildcard of its port where no address fits',
  'is closed where its listener has no chain for it: it never comes back',
  'is not handed off a second time by a listener that restores destinations itself',
  'stays where no listener has its address or port',
  'stays in a listener that restores the destination but does not use it',
  'stays where it was not redirected',
]

/** The listener that redirected connections enter by is known by its direction. */
const entered = (listener: JsonObject, port: number | null): JsonObject =>
  JSON.stringify(listener['address']).includes(`"port_value":${port}}`)
    ? {...listener, traffic_direction: 'OUTBOUND'}
    : listener

describe(`a connection that iptables redirected (${probe.name})`, () => {
  it.each(probe.connections.map((made, index) => [shows[index] ?? made.dst, made] as const))('%s', (_, made) => {
    const {dst, tls, redirectedTo} = made
    const envoy = envoyWith(probe.listeners.map((listener) => entered(listener, redirectedTo)))
    const direction = redirectedTo === null ? 'direct' : 'outbound'
    const {listener, filterChain, outcome} = answer(envoy, {direction, dst, tls, protocol: 'tcp'})
    expect([listener, filterChain?.name ?? null, filterChain ? '-' : outcome.responseFlags]).toEqual([
      made.listener,
      made.chain,
      made.flags,
    ])
  })
})
