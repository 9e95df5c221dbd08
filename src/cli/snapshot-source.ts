import {Flags} from './oclif.js'

/** `--from` of commands that are about a snapshot as a whole. */
export const snapshotFlag = Flags.string({
  summary: 'Snapshot folder, a .tar.gz of one, or the word sample.',
  helpValue: 'SNAPSHOT',
  required: true,
})
