import {expect, it} from 'vitest'
import {openTerminal} from './terminal.js'

it('a watched trace is read again and shows its age', async () => {
  const args = ['bin/run.js', 'trace', 'productpage', 'http://reviews:9080/', '--from', 'sample', '--watch']
  const terminal = openTerminal([...args, '--detail', 'minimal'], {columns: 200, rows: 50})
  try {
    const [first = ''] = await terminal.shows(/^as of \d\d:\d\d:\d\d, read in \d+\.\d s; again every 2 s$/m)
    await terminal.shows('delivered')
    const again = await terminal.loses(first)
    expect(again[0]).toMatch(/^as of /)
    expect(again.join('\n')).toContain('default/reviews-v1')
  } finally {
    terminal.close()
  }
})
