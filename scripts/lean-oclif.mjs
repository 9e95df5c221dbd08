// Two lines of oclif that every start pays for and none of ours needs, changed as the bundle is made.
// The build fails when a new version of oclif no longer has them: then measure again (`npm run bench`).
import {readFile} from 'node:fs/promises'

const changes = [
  // Sorting by locale loads the collation tables: 6 ms for names that are plain ASCII.
  ['a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)'],
  // Looking for command files happens without a manifest alone; evaluated where it is used.
  [
    'const tinyglobby_1 = require("tinyglobby");',
    'const tinyglobby_1 = {get glob() { return require("tinyglobby").glob; }};',
  ],
]

export const leanOclif = {
  name: 'lean-oclif',
  setup(build) {
    build.onLoad({filter: /@oclif[\\/]core[\\/]lib[\\/]config[\\/]plugin\.js$/}, async ({path}) => {
      let contents = await readFile(path, 'utf8')
      for (const [was, is] of changes) {
        if (!contents.includes(was)) return {errors: [{text: `oclif no longer has: ${was}`}]}
        contents = contents.replace(was, is)
      }
      return {contents, loader: 'js'}
    })
  },
}
