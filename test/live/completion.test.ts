import {execFileSync, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {root} from '../setup/run-bin.js'

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-shell-'))
  symlinkSync(join(root, 'bin/run.js'), join(folder, 'sidetrace'))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** What a shell prints that runs `script` with sidetrace in its path. */
const linesOf = (shell: string, script: string): string[] =>
  execFileSync(shell, ['-c', script], {
    encoding: 'utf8',
    env: {...process.env, PATH: `${folder}:${process.env['PATH']}`, HOME: folder},
  })
    .split('\n')
    .filter((line) => line !== '')

describe('the completion of', () => {
  it.skipIf(!has('bash'))('bash proposes pods, and names quoted as bash needs them', () => {
    const propose = (...words: string[]) =>
      linesOf(
        'bash',
        `source <(sidetrace completion bash)
        COMP_WORDS=(sidetrace ${words.join(' ')}); COMP_CWORD=${words.length}; _sidetrace; printf '%s\\n' "\${COMPREPLY[@]}"`,
      )
    expect(propose('pc', 'listener', '--from', 'sample', 'rat')).toEqual([expect.stringMatching(/^ratings-v1-/)])
    const cluster = ['pc', 'endpoint', 'productpage.default', '--from', 'sample', '--cluster', "'outbound\\|9080\\|v2'"]
    expect(propose(...cluster)).toEqual(['outbound\\|9080\\|v2\\|reviews.default.svc.cluster.local'])
    expect(propose('trace', '--from', `'${join(root, 'sampl')}'`)).toEqual([join(root, 'samples')])
  })

  it.skipIf(!has('zsh'))('zsh proposes commands with what they are for', () => {
    // Outside of its line editor zsh has no completion: the two functions that would show it print here.
    const lines = linesOf(
      'zsh',
      `compdef() { }; compadd() { print -rl -- $shown }; eval "$(sidetrace completion zsh)"
      words=(sidetrace pc l); CURRENT=3; _sidetrace; words=(sidetrace pc listener --from sample rat); CURRENT=6; _sidetrace`,
    )
    expect(lines).toEqual([
      expect.stringMatching(/^listener {2}-- List the listeners/),
      expect.stringMatching(/^log {2}-- Show or set/),
      expect.stringMatching(/^ratings-v1-/),
    ])
  })

  it.skipIf(!has('fish'))('fish proposes them too', () => {
    const lines = linesOf(
      'fish',
      `sidetrace completion fish | source
      complete -C "sidetrace pc list"; complete -C "sidetrace pc listener --from sample rat"`,
    )
    expect(lines).toEqual([
      expect.stringMatching(/^listener\tList the listeners/),
      expect.stringMatching(/^ratings-v1-/),
    ])
  })
})
