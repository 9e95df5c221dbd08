import {describe, expect, test} from 'vitest'
import {SourceError, UsageError} from '../../src/errors.js'
import {readNetns} from '../../src/sources/netns.js'
import type {ToolResult, ToolRun} from '../../src/sources/tool.js'

const onLinux = process.platform === 'linux'

/** Answers by the command that is to run inside the namespace; a command that is not listed prints nothing. */
const node =
  (answers: Record<string, Partial<ToolResult> | string>, seen: string[][] = []): ToolRun =>
  async (program, args) => {
    seen.push([program, ...args])
    const command = args.slice(args.indexOf('--') + 1)
    const tool = command[0] ?? program
    const answer = answers[command.join(' ')] ?? answers[tool] ?? ''
    if (typeof answer === 'string') return {kind: 'done', tool, stdout: answer}
    if (answer.kind === 'late') return {kind: 'late', tool, timeoutMs: 15_000}
    if (answer.kind === 'failed') return {kind: 'failed', tool, stderr: answer.stderr ?? ''}
    return {kind: 'absent', tool}
  }

describe.runIf(onLinux)('the network namespace of a process', () => {
  test('becomes the files of a snapshot’s pod folder', async () => {
    const {files, warnings} = await readNetns(
      process.pid,
      node({
        'iptables-nft-save -c': '*nat\nCOMMIT\n',
        'nft -j list ruleset': '{"nftables":[]}',
        'ip -j -4 rule show': '[{"priority":0,"src":"all","table":"local"}]\n',
        'ip -j -6 rule show':
          '[{"priority":0,"src":"all","table":"local"},{"priority":32766,"src":"all","table":"main"}]\n',
        'ip -j -4 route show table all': '[{"dst":"default"}]',
        'ip -j -6 route show table all': '',
        'sysctl -a': 'kernel.hostname = a\nnet.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\n',
        'ss -lntup': 'Netid State\n',
      }),
    )
    expect(warnings).toEqual([])
    expect(files['iptables-save.txt']).toBe('*nat\nCOMMIT\n')
    expect(files['sysctl.txt']).toBe('net.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 0\n')
    expect(JSON.parse(files['ip-rule.json'] ?? '')).toEqual([
      {priority: 0, src: 'all', table: 'local'},
      {priority: 0, src: 'all', table: 'local'},
      {priority: 32766, src: 'all', table: 'main'},
    ])
    expect(JSON.parse(files['ip-route.json'] ?? '')).toEqual([{dst: 'default'}])
    expect(Object.keys(files)).not.toContain('ip6tables-save.txt')
  })

  test('is entered with argument arrays, its process id as one of them', async () => {
    const seen: string[][] = []
    await readNetns(process.pid, node({}, seen))
    for (const call of seen) expect(call.slice(0, 5)).toEqual(['nsenter', '-t', String(process.pid), '-n', '--'])
  })

  test('is read without the tools that are not installed, which are named', async () => {
    const {files, warnings} = await readNetns(
      process.pid,
      node({
        nft: {kind: 'absent'},
        ss: {kind: 'late'},
        sysctl: {kind: 'failed', stderr: 'no\nreally'},
        ipset: {kind: 'absent'},
      }),
    )
    expect(Object.keys(files)).not.toContain('nft-ruleset.json')
    expect(warnings).toEqual([
      'nft-ruleset.json is absent: nft is not installed',
      'nft-ruleset.txt is absent: nft is not installed',
      'ss-lntup.txt is absent: ss did not end within 15 s',
      'sysctl.txt is absent: sysctl says no',
    ])
  })

  test('falls back to the iptables that there is', async () => {
    const {files} = await readNetns(
      process.pid,
      node({'iptables-nft-save': {kind: 'absent'}, 'iptables-save -c': '*filter\nCOMMIT\n'}),
    )
    expect(files['iptables-save.txt']).toBe('*filter\nCOMMIT\n')
  })

  test('that half fails is said to be incomplete', async () => {
    const {files, warnings} = await readNetns(
      process.pid,
      node({'ip -j -4 rule show': '[{"priority":0}]', 'ip -j -6 rule show': {kind: 'failed', stderr: 'no IPv6'}}),
    )
    expect(files['ip-rule.json']).toBe('[{"priority":0}]\n')
    expect(warnings).toEqual(['ip-rule.json is incomplete: ip says no IPv6'])
  })

  test('that may not be entered is forbidden, with what to do', async () => {
    const stderr = "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted"
    const error = await readNetns(process.pid, node({true: {kind: 'failed', stderr}})).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(SourceError)
    expect(error).toMatchObject({exit: 77, failure: {hint: 'Run this as root (CAP_SYS_ADMIN)'}})
  })

  test('cannot be entered without nsenter', async () => {
    await expect(readNetns(process.pid, node({true: {kind: 'absent'}}))).rejects.toMatchObject({exit: 66})
  })
})

test.runIf(onLinux)('a process that is not there is missing input', async () => {
  await expect(readNetns(4_194_304_0, node({}))).rejects.toMatchObject({exit: 66})
})

test.each([0, -1, 1.5, Number.NaN])('%d is no process id', async (pid) => {
  await expect(readNetns(pid, node({}))).rejects.toBeInstanceOf(UsageError)
})
