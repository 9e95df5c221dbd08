import {readFileSync} from 'node:fs'

const source = readFileSync(new URL('../../src/ebpf/check/finding.ts', import.meta.url), 'utf8')

/** The codes of all findings, in order. */
export const findingCodesOfGuide = [
  ...new Set([...source.matchAll(/'(ST-EBPF-\d{3})'/g)].map(([, code]) => code ?? '')),
].sort()
