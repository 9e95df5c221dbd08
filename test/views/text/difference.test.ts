import {describe, expect, it} from 'vitest'
import type {BranchDifference} from '../../../src/trace/difference.js'
import {renderDifferenceText} from '../../../src/views/text/difference.js'

const told = (branches: BranchDifference[]): string[] =>
  renderDifferenceText({same: false, branches}, 'before', 'after').split('\n')

const certain = {left: 1, right: 1}

describe('the text of a difference', () => {
  it('says where two ways part, the first difference first', () => {
    const [differs, ends] = [
      {hop: 2, where: 'proxy default/a outbound', member: 'route', left: 'old', right: 'new'},
      {hop: null, where: 'the whole way', member: 'outcome', left: 'responded 404', right: 'delivered default/b'},
    ]
    expect(told([{probability: certain, differences: [differs, ends]}])).toEqual([
      '- before',
      '+ after',
      '',
      'They part at hop 3, proxy default/a outbound: route',
      '    - old',
      '    + new',
      '  then the whole way: outcome',
      '    - responded 404',
      '    + delivered default/b',
      '',
      '',
    ])
  })

  it('compares no hops by position once the ways are at different places', () => {
    const places = [
      {hop: 1, where: 'netns a', member: 'place', left: 'netns a', right: 'node n'},
      {hop: 2, where: 'proxy a', member: 'place', left: 'proxy a', right: null},
    ]
    expect(told([{probability: certain, differences: places}]).slice(3, 8)).toEqual([
      'They part at hop 2, and go on as',
      '    - netns a',
      '    - proxy a',
      '    + node n',
      '',
    ])
  })

  it('says of a way that one side alone has how it ends, and nothing else', () => {
    const differences = [
      {hop: 0, where: 'app a', member: 'place', left: 'app a', right: null},
      {hop: null, where: 'the whole way', member: 'outcome', left: 'delivered default/b', right: null},
    ]
    const lines = told([{probability: {left: 0.8, right: 0}, differences}])
    expect(lines.slice(3, 5)).toEqual(['    - 80 % delivered default/b', '    + no such way'])
  })
})
