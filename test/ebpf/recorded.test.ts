import {describe, expect, it} from 'vitest'
import {handedOver} from '../../src/ebpf/evaluate/socket.js'
import type {HookState} from '../../src/ebpf/evaluate/state.js'
import type {HookMaps, Origin} from '../../src/ebpf/interception.js'
import {recordedInterception} from './lab.js'
import {replay} from './replay.js'

const originText = ({destination: {ip, port}, flags}: Origin): string => `${ip}:${port} flags ${flags}`

/** What maps hold, without what differs from run to run: cookies, and the numbers of processes. */
const shown = (state: Pick<HookState, 'memberships' | 'processes' | 'pairs' | 'originals'>) => ({
  memberships: [...state.memberships].sort(([a], [b]) => a - b),
  processes: [...state.processes.values()].sort(),
  pairs: [...state.pairs].map(([pair, origin]) => `${pair}: ${originText(origin)}`).sort(),
  originals: [...state.originals.values()].map(originText).sort(),
})

const recordedMaps = ({memberships, processes, pairs, originals}: HookMaps) =>
  shown({
    memberships: memberships ?? new Map(),
    processes: processes ?? new Map(),
    pairs: pairs ?? new Map(),
    originals: originals ?? new Map(),
  })

const runs = ['plain', 'use-reconnect', 'cni-tc'].map((run) => ({run, ...replay(run)}))

describe.each(runs)('connections recorded with Merbridge, $run', ({run, answers, states}) => {
  it.each(answers)('goes as recorded: $name', ({predicted, recorded}) => {
    expect(predicted).toEqual(recorded)
  })

  it('prints how many of them are right', () => {
    const right = answers.filter(({predicted, recorded}) => predicted.join('\n') === recorded.join('\n'))
    console.info(`eBPF ${run}: ${right.length} right of ${answers.length} asked`)
    expect(right.length).toBe(answers.length)
  })

  const parts =
    run === 'cni-tc'
      ? [['cni', '06']]
      : [
          ['poisoned', '02a'],
          ['legacy', '02'],
          ['podip', '03'],
        ]
  it.each(parts)('leaves the maps as they were dumped after %s', (part, folder) => {
    const state = states.get(part)
    if (state === undefined) throw new Error(`no state after ${part}`)
    const last = run === 'cni-tc' ? 'cni-tc/06' : `${run}/03`
    const maps = recordedMaps(recordedInterception(last, `${run}/${folder}`).content)
    const predicted = shown(state)
    expect(predicted.processes).toEqual(maps.processes)
    // The rig empties the memberships between its parts, and the pairs and cookies never: they were dumped at the end.
    expect(predicted.memberships).toEqual(maps.memberships)
    if (folder === '03' || folder === '06') expect(predicted).toEqual(maps)
  })
})

describe('the sockets between which bytes are handed over', () => {
  it.each(['plain', 'use-reconnect'])('are the six of an open request through both sidecars, %s', (run) => {
    const state = runs.find((each) => each.run === run)?.states.get('')
    const dumped = recordedInterception(`${run}/03`, `${run}/04`).content.sockets
    expect(dumped?.size).toBe(6)
    // Sockets of connections that are over leave the map by themselves.
    expect([...(dumped ?? [])].filter((socket) => state?.sockets.has(socket) !== true)).toEqual([])
    for (const socket of dumped ?? []) {
      const [local = '', remote = ''] = socket.split(' -> ')
      const [a, b] = [addressOf(local), addressOf(remote)]
      expect(state && handedOver(state, {local: a, remote: b})).toBe(true)
    }
  })
})

const addressOf = (text: string) => {
  const [ip = '', port] = text.split(':')
  return {ip, port: Number(port)}
}
