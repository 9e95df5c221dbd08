import type {JsonObject} from '../../../src/xds/parse/field.js'
import {chance, pick, type Random, times, whole} from '../upstream/random.js'
import * as pool from './pools.js'
import {cidr, message, randomMatcher} from './random-chain.js'

const text = (random: Random, values: readonly [string, ...string[]]): JsonObject => {
  const value = pick(random, values)
  const kind = pick(random, ['exact', 'exact', 'prefix', 'suffix', 'contains'])
  if (kind === 'exact') return {exact: value}
  return value === ''
    ? {exact: ''}
    : {[kind]: kind === 'suffix' ? value.slice(-3) : value.slice(0, whole(random, 1, value.length))}
}

function permission(random: Random, depth: number): JsonObject {
  const inner = () => permission(random, depth - 1)
  if (depth > 0 && chance(random, 0.15)) return {not_rule: inner()}
  if (depth > 0 && chance(random, 0.15)) return {and_rules: {rules: [inner(), inner()]}}
  if (depth > 0 && chance(random, 0.15)) return {or_rules: {rules: [inner(), inner()]}}
  const port = pick(random, pool.ports)
  return pick<JsonObject>(random, [
    {any: true},
    {destination_ip: cidr(random)},
    {destination_port: port},
    {destination_port_range: {start: port - whole(random, 1, 3), end: port + whole(random, 0, 1)}},
    {requested_server_name: text(random, ['a.com', 'www.a.com', ''])},
  ])
}

function principal(random: Random, depth: number): JsonObject {
  const inner = () => principal(random, depth - 1)
  if (depth > 0 && chance(random, 0.15)) return {not_id: inner()}
  if (depth > 0 && chance(random, 0.15)) return {and_ids: {ids: [inner(), inner()]}}
  if (depth > 0 && chance(random, 0.15)) return {or_ids: {ids: [inner(), inner()]}}
  return pick<JsonObject>(random, [
    {any: true},
    {source_ip: cidr(random)},
    {direct_remote_ip: cidr(random)},
    {remote_ip: cidr(random)},
    {authenticated: {}},
    {authenticated: {principal_name: text(random, pool.names)}},
    {authenticated: {principal_name: text(random, pool.names)}},
  ])
}

function rules(random: Random): JsonObject {
  const names = [...new Set(times(whole(random, 0, 3), () => pick(random, pool.policyNames)))]
  const policies = Object.fromEntries(
    names.map((name) => [
      name,
      {
        permissions: times(whole(random, 1, 2), () => permission(random, 2)),
        principals: times(whole(random, 1, 2), () => principal(random, 2)),
      },
    ]),
  )
  return {action: pick(random, ['ALLOW', 'ALLOW', 'DENY', 'DENY', 'LOG']), policies}
}

function matcher(random: Random): JsonObject {
  const action = () => ({
    name: 'action',
    typed_config: message('envoy.config.rbac.v3.Action', {
      name: pick(random, pool.policyNames),
      action: pick(random, ['ALLOW', 'DENY']),
    }),
  })
  return randomMatcher(random, action)
}

/** A network RBAC filter. */
export function randomRbac(random: Random, index: number): JsonObject {
  const judged = chance(random, 0.25) ? {matcher: matcher(random)} : {rules: rules(random)}
  return {
    name: `rbac${index}`,
    typed_config: message('envoy.extensions.filters.network.rbac.v3.RBAC', {
      stat_prefix: `rbac${index}`,
      ...judged,
      ...(chance(random, 0.3) ? {shadow_rules: rules(random)} : {}),
      ...(chance(random, 0.2) ? {enforcement_type: 'CONTINUOUS'} : {}),
    }),
  }
}
