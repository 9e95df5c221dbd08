import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'

const folder = mkdtempSync(join(tmpdir(), 'sidetrace-'))
afterAll(() => rmSync(folder, {recursive: true}))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const redirect = file(
  'rules',
  '*nat\n:OUTPUT ACCEPT [0:0]\n[3:180] -A OUTPUT -p tcp -j REDIRECT --to-ports 15001\nCOMMIT\n',
)
const packet = [
  '--hook',
  'path-out',
  '--src',
  '10.0.0.2',
  '--dst',
  '1.2.3.4',
  '--sport',
  '40000',
  '--dport',
  '80',
  '--uid',
  '1000',
  '--gid',
  '1000',
  '--mark',
  '0',
]

describe('iptables trace', () => {
  it('answers with the document that scripts rely on', () => {
    const {exit, stdout, stderr} = sidetrace([
      'iptables',
      'trace',
      '-f',
      redirect,
      '--addr',
      'eth0=10.0.0.2/24',
      ...packet,
      '-o',
      'json',
    ])
    expect([exit, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      apiVersion: 'sidetrace/v1',
      kind: 'PacketTrace',
      packet: {hook: 'path-out', proto: 'tcp', src: '10.0.0.2', dst: '1.2.3.4', uid: 1000},
      branches: [
        {
          probability: 1,
          verdict: 'accept',
          redirectedTo: '127.0.0.1:15001',
          rules: ['nat:OUTPUT:rule:1'],
          packet: {src: '10.0.0.2', dst: '127.0.0.1', sport: 40000, dport: 15001, mark: 0, in: null, out: 'lo'},
        },
      ],
    })
  })

  it('follows a packet through a pod of the sample, and says why', () => {
    const args = [
      '--from',
      'sample',
      '--pod',
      'productpage',
      '--hook',
      'path-out',
      '--src',
      '10.10.0.11',
      '--dst',
      '10.96.0.14',
      '--dport',
      '9080',
      '--uid',
      '1337',
      '--gid',
      '1337',
    ]
    const {exit, stdout} = sidetrace(['iptables', 'trace', ...args])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^answer +accept$/m)
    expect(stdout).toMatch(/nat:ISTIO_OUTPUT:rule:\d+ {2}return {2}because owner uid 1337/)
    expect(sidetrace(['iptables', 'trace', ...args, '--detail', 'minimal']).stdout).toMatch(
      /^1\.0000 accept to=- mark=0 out=eth0 nat:OUTPUT:rule:1,\S+\n$/,
    )
  })

  it('answers a batch in its order, without steps unless they are asked for', () => {
    const line = {
      hook: 'path-out',
      proto: 'tcp',
      src: '10.0.0.2',
      dst: '1.2.3.4',
      dport: 80,
      in: null,
      out: 'eth0',
      uid: 0,
      gid: 0,
      mark: 0,
      ctstate: 'NEW',
      other: 1,
    }
    const batch = file(
      'batch.jsonl',
      [
        {...line, id: 'a'},
        {...line, id: 'b', proto: 'udp'},
      ]
        .map((one) => JSON.stringify(one))
        .join('\n'),
    )
    const ask = (...more: string[]) =>
      sidetrace(['iptables', 'trace', '-f', redirect, '--batch', batch, '-o', 'jsonl', ...more])
        .stdout.trim()
        .split('\n')
        .map((text) => JSON.parse(text))
    expect(ask().map(({id, branches}) => [id, branches[0].redirectedTo, branches[0].steps])).toEqual([
      ['a', '127.0.0.1:15001', []],
      ['b', null, []],
    ])
    expect(ask('--detail', 'full')[0].branches[0].steps.length).toBeGreaterThan(0)
  })

  it('refuses what it cannot take in one line, with the right exit code and nothing on stdout', () => {
    const wrong: [string[], number, RegExp][] = [
      [['-f', file('page', '<!DOCTYPE html>\n<html>'), ...packet], 65, /page: is an HTML page, not netfilter rules/],
      [['-f', file('empty', ''), ...packet], 65, /empty: is empty/],
      [['-f', file('cut', '*nat\n:OUTPUT ACCEPT [0:0]\n'), ...packet], 65, /cut:2: ends before the COMMIT/],
      [['-f', file('json', '{"nftables": ['), ...packet], 65, /json: is not JSON/],
      [['-f', join(folder, 'absent'), ...packet], 66, /absent/],
      [['-f', `${file('filter', 'Chain INPUT (policy ACCEPT)\n')}`, ...packet], 65, /does not name its table/],
      [packet, 2, /no rules are named/],
      [['-f', redirect, '--hook', 'path-out'], 2, /--src --dst/],
      [['-f', redirect, ...packet.slice(0, 6), '--uid', 'me'], 2, /--uid me/],
      [['-f', redirect, ...packet.slice(0, 4), '--dst', 'reviews'], 65, /reviews: is no IP address/],
      [['-f', redirect, ...packet, '--assume', 'luck=good'], 2, /luck=good/],
      [['--from', 'sample', '--pod', 'productpaeg', ...packet], 66, /Did you mean/],
      [['--from', 'sample', '--node', 'node9', ...packet], 66, /It holds node1/],
      [
        ['-f', redirect, '--batch', file('bad.jsonl', '{"hook":"path-out"}\n')],
        65,
        /bad\.jsonl, line 1: has no "proto"/,
      ],
    ]
    for (const [args, code, message] of wrong) {
      const {exit, stdout, stderr} = sidetrace(['iptables', 'trace', ...args])
      expect([exit, stdout, stderr.split('\n').length], stderr).toEqual([code, '', 2])
      expect(stderr).toMatch(message)
    }
  })

  it('keeps terminal escapes of a rule file away from the terminal', () => {
    const evil = file(
      'evil',
      '*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -m comment --comment "\u001b]0;hi\u0007\u001b[31mred" -j DROP\nCOMMIT\n',
    )
    for (const args of [
      ['trace', '-f', evil, ...packet],
      ['show', '-f', evil],
    ]) {
      const {exit, stdout} = sidetrace(['iptables', ...args])
      expect(exit).toBe(0)
      expect(stdout).not.toContain('\u001b')
      expect(stdout).toContain('red')
    }
  })
})

describe('iptables show', () => {
  it('says what each rule of a pod is for and who made it, with its counters', () => {
    const {exit, stdout} = sidetrace(['iptables', 'show', '--from', 'sample', '--pod', 'productpage', '-o', 'json'])
    expect(exit).toBe(0)
    const rules = JSON.parse(stdout).chains.flatMap(({rules}: {rules: unknown[]}) => rules)
    expect(rules).toContainEqual(
      expect.objectContaining({
        rule: '-m owner --uid-owner 1337 -j RETURN',
        writer: 'istio',
        purpose: {kind: 'proxy-own', id: 'uid', value: 1337},
      }),
    )
    expect(rules).toContainEqual(
      expect.objectContaining({purpose: {kind: 'exclude-port', direction: 'outbound', ports: '8888', of: 'user'}}),
    )
    for (const one of rules)
      expect(one).toMatchObject({writer: 'istio', packets: expect.any(Number), sentence: expect.stringMatching(/\.$/)})
  })

  it('draws a table a chain', () => {
    const {stdout} = sidetrace(['iptables', 'show', '--from', 'sample', '--node', 'node1'])
    expect(stdout).toContain('ip nat KUBE-SERVICES  made by kube-proxy')
    expect(stdout).toMatch(/│ +1 │ +\d+ │ +\d+ │/)
  })

  it('refuses an empty file', () => {
    expect(sidetrace(['iptables', 'show', '-f', file('nothing', '\n')])).toMatchObject({exit: 65, stdout: ''})
  })
})
