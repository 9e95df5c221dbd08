import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {root, sidetrace} from '../setup/run-bin.js'

const version: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version

describe('sidetrace', () => {
  it('shows its help without arguments, with --help and with help', () => {
    const shown = [[], ['--help'], ['help']].map((args) => sidetrace(args))
    expect(shown.map(({exit}) => exit)).toEqual([0, 0, 0])
    expect(new Set(shown.map(({stdout}) => stdout)).size).toBe(1)
    expect(shown[0]?.stdout).toMatch(/USAGE\n {2}\$ sidetrace \[COMMAND\]/)
  })

  it('says its version', () => {
    const {exit, stdout} = sidetrace(['--version'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(new RegExp(`^sidetrace/${version.replaceAll('.', '\\.')} `))
  })

  it('shows the help of each topic, by name and by alias', () => {
    for (const args of [
      ['proxy-config'],
      ['help', 'proxy-config'],
      ['pc'],
      ['help', 'pc'],
      ['pc', '--help'],
      ['iptables'],
      ['snapshot'],
    ]) {
      const {exit, stdout, stderr} = sidetrace(args)
      expect({args, exit, stderr}).toEqual({args, exit: 0, stderr: ''})
      expect(stdout).toMatch(/USAGE/)
    }
  })

  it('shows the same for a topic and its short name', () => {
    const shown = (...args: string[]) => sidetrace(args).stdout
    expect(shown('pc')).toBe(shown('proxy-config'))
    expect(shown('pc', '--help')).toBe(shown('proxy-config'))
    expect(shown('help', 'pc')).toBe(shown('help', 'proxy-config'))
    expect(shown('pc')).toMatch(/^ {2}proxy-config listener /m)
  })

  it('writes no colours where NO_COLOR asks so', () => {
    expect(sidetrace(['match', '--help'], {env: {NO_COLOR: '1', FORCE_COLOR: ''}}).stdout).not.toContain('\u001b')
  })
})

it('ends quietly when its reader goes away', () => {
  const piped = `("${process.execPath}" bin/run.js pc listener productpage --from sample -o json; echo "exit $?" >&2) | head -c 1`
  const {stdout, stderr} = spawnSync('/bin/sh', ['-c', piped], {cwd: root, encoding: 'utf8'})
  expect({stdout, stderr}).toEqual({stdout: '[', stderr: 'exit 0\n'})
})

describe('a usage error', () => {
  const wrong: [string, string[], RegExp][] = [
    [
      'a mistyped command, naming the nearest',
      ['mathc'],
      /^Error: mathc: is not a command of sidetrace\. Did you mean "match"\?/,
    ],
    [
      'a command nothing is near to',
      ['frobnicate'],
      /^Error: frobnicate: is not a command of sidetrace\. See sidetrace --help/,
    ],
    ['a mistyped command of a topic', ['proxy-config', 'listner'], /Did you mean "proxy-config listener"\?/],
    ['a flag in place of a command', ['--bogus'], /^Error: --bogus: /],
    ['an unknown flag', ['match', '--bogus'], /^Error: Nonexistent flag: --bogus/],
    ['a flag without its value', ['match', '-o'], /^Error: Flag --output expects/],
    ['a value a flag does not take', ['match', '-o', 'xml'], /^Error: Expected --output=xml to be one of: /],
    ['help for an unknown command', ['help', 'nonsense'], /^Error: Command nonsense not found/],
  ]
  for (const [what, args, message] of wrong) {
    it(`is ${what}: exit 2, one line on stderr, nothing on stdout`, () => {
      const {exit, stdout, stderr} = sidetrace(args)
      expect(exit).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toMatch(message)
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    })
  }
})
