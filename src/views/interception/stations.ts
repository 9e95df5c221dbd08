import type {InterceptedWay} from '../../trace/interception/compare.js'
import {workloadName} from '../story/names.js'

/** A process on a way, as pictures show it. */
export interface Station {
  name: string
  kind: 'app' | 'proxy'
}

export const stationsOf = ({path}: InterceptedWay): Station[] =>
  path.map((each) => {
    const [kind = '', pod = ''] = each.split(' ')
    return kind === 'proxy'
      ? {name: 'Envoy', kind: 'proxy'}
      : {name: pod === '' ? 'app' : workloadName(pod), kind: 'app'}
  })
