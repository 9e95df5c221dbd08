import type {InterceptionComparison} from '../../trace/interception/compare.js'
import {sayBreak} from './facts.js'

/** The document of `trace --compare-interception`. */
export const interceptionDocument = ({request, ways}: InterceptionComparison) => ({
  apiVersion: 'sidetrace/v1' as const,
  kind: 'InterceptionComparison' as const,
  request,
  ways: ways.map(({figures, breaks, ...way}) => ({
    ...way,
    ...figures,
    breaks: breaks.map((each) => ({...each, message: sayBreak(each)})),
  })),
})
