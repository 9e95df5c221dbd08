import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'

const folder = mkdtempSync(join(tmpdir(), 'sidetrace-'))
afterAll(() => rmSync(folder, {recursive: true}))

const rules = join(folder, 'rules')
writeFileSync(
  rules,
  '*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -p tcp -j REDIRECT --to-ports 15001\n-A OUTPUT -p tcp -m tcp --dport 80 -j RETURN\nCOMMIT\n',
)

describe('iptables check', () => {
  it('names the rule, what takes its packets, and what to do', () => {
    const {exit, stdout, stderr} = sidetrace(['iptables', 'check', '-f', rules])
    expect([exit, stderr]).toEqual([0, ''])
    expect(stdout).toContain('ST-IPT-001  nat:OUTPUT:rule:2 never matches')
    expect(stdout).toContain('ST-IPT-005')
    expect(stdout).toMatch(/1 place checked: 1 error, 1 warning, 0 notes\n$/)
  })

  it('ends with 79 where a finding is as grave as --fail-on says', () => {
    const exit = (...more: string[]): number | null => sidetrace(['iptables', 'check', ...more]).exit
    expect(exit('-f', rules, '--fail-on', 'error')).toBe(79)
    expect(exit('--from', 'sample', '--fail-on', 'warning')).toBe(0)
    expect(exit('--from', 'sample', '--pod', 'productpage', '--fail-on', 'info')).toBe(79)
  })

  it('finds in the sample what its rules by group leave unreached, and nothing else', () => {
    const {stdout} = sidetrace(['iptables', 'check', '--from', 'sample', '-o', 'json'])
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({apiVersion: 'sidetrace/v1', kind: 'RulesCheck', undecided: []})
    expect(document.places).toHaveLength(10)
    const shadowed = document.findings.filter(({code}: {code: string}) => code === 'ST-IPT-001')
    for (const {place, finding} of shadowed) {
      expect(place.text).toMatch(/--gid-owner|skgid/)
      expect(finding.example.takenBy).toMatch(/output:rule:[35]$/i)
    }
    const others = document.findings.filter(({code}: {code: string}) => code !== 'ST-IPT-001')
    expect(others.map(({code, place}: {code: string; place: {chain: string}}) => [code, place.chain])).toEqual([
      ['ST-IPT-004', 'ISTIO_INBOUND'],
    ])
  })

  it('prints what a JSONPath selects', () => {
    const {stdout} = sidetrace(['iptables', 'check', '-f', rules, '-o', 'json', '--jsonpath', '$.findings[*].code'])
    expect(JSON.parse(stdout)).toEqual(['ST-IPT-005', 'ST-IPT-001'])
  })
})
