import type {Ternary} from '../../decision/check.js'
import type {Interception} from '../interception.js'
import type {ProgramRole, RecognisedProgram} from '../program.js'

/** A program of one role, where it runs for callers in this cgroup. */
export interface Effective {
  program: RecognisedProgram
  /** `unknown`: it is loaded, and whether it is attached for this caller cannot be seen. */
  attached: Ternary
}

/** Kernel: a program on a cgroup runs for every process in it and below it. */
const covers = (attached: string, cgroup: string): boolean =>
  attached === cgroup || cgroup.startsWith(attached.endsWith('/') ? attached : `${attached}/`)

/** The program of a role that runs for a caller; null where none is loaded, or all are attached elsewhere. */
export function effectiveProgram(hooks: Interception, role: ProgramRole, cgroupPath: string | null): Effective | null {
  const loaded = hooks.programs.filter((program) => program.role === role)
  for (const program of loaded) {
    // It runs for a map's sockets, whichever cgroup they are in.
    if (program.type === 'sk_msg' && program.attachments.length > 0) return {program, attached: 'yes'}
    const places = program.attachments.filter(({point}) => point !== null)
    if (cgroupPath === null ? places.length > 0 : places.some(({where}) => covers(where, cgroupPath)))
      return {program, attached: 'yes'}
  }
  const unseen = loaded.find(({type, attachments}) => type === 'sk_msg' && attachments.length === 0)
  return unseen === undefined ? null : {program: unseen, attached: 'unknown'}
}

/** How a program is called in steps. */
export const programName = ({name, id}: RecognisedProgram): string => (name === '' ? `program ${id}` : name)
