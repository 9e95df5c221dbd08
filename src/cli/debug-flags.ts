import type {RulesOptions} from '../sources/kubernetes/rules/way.js'
import {derivedRules} from './derived-rules.js'
import {note} from './note.js'
import {Flags} from './oclif.js'

const helpGroup = 'CLUSTER'

/** The flags without which nothing in a cluster is changed. */
export const debugFlags = {
  'debug-container': Flags.boolean({
    summary: 'Read rules by an ephemeral container with NET_ADMIN in the pod. It ends, but stays in the pod’s spec.',
    helpGroup,
  }),
  'debug-node': Flags.boolean({
    summary: 'Read rules by a privileged pod on the node. It is removed in any case.',
    helpGroup,
  }),
  'debug-image': Flags.string({
    summary: 'Image of both: it has iptables, nft, ip, ss and sysctl, and for the node nsenter and find.',
    helpValue: 'IMAGE',
    helpGroup,
  }),
}

export interface DebugFlags {
  'debug-container'?: boolean | undefined
  'debug-node'?: boolean | undefined
  'debug-image'?: string | undefined
}

/** What the flags allow, and what is computed where nobody may look. */
export const rulesOptions = (flags: DebugFlags): RulesOptions => ({
  debugContainer: flags['debug-container'],
  debugNode: flags['debug-node'],
  debugImage: flags['debug-image'],
  derive: derivedRules,
  note,
})
