import {sayBecause} from '../story/check.js'
import {podName} from '../story/names.js'
import {type Family, facts} from './remedy.js'

/** A rule of a pod or node drops or rejects it. */
export const rules: Family = ({outcome, rules: hop}) => {
  if (outcome.kind !== 'dropped' && outcome.kind !== 'rejected') return null
  if (hop === null) return null
  const rule = hop.rules.at(-1) ?? null
  const place = hop.place === 'node' ? `node ${hop.node}` : `pod ${podName(hop.pod)}`
  const step = hop.steps.findLast(({because}) => because.length > 0)
  return {
    says: `${rule === null ? 'a chain policy' : `rule ${rule}`} of ${place} ${outcome.kind === 'dropped' ? 'drops' : 'rejects'} it`,
    lines: facts(
      ['it matches', step === undefined ? null : sayBecause(step.because)],
      [
        'to change',
        rule === null
          ? 'add a rule that accepts this traffic before the policy'
          : `see who wrote ${rule}, and exclude this traffic from it`,
      ],
    ),
  }
}
