// Lines of other packages that every start pays for and few need, changed as the bundle is made.
// The build fails when a new version no longer has them: then measure again (`npm run bench`).
import {readFile} from 'node:fs/promises'

const changes = [
  {
    file: /@oclif[\\/]core[\\/]lib[\\/]config[\\/]plugin\.js$/,
    lines: [
      // Sorting by locale loads the collation tables: 6 ms for names that are plain ASCII.
      ['a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)'],
      // Looking for command files happens without a manifest alone; evaluated where it is used.
      [
        'const tinyglobby_1 = require("tinyglobby");',
        'const tinyglobby_1 = {get glob() { return require("tinyglobby").glob; }};',
      ],
    ],
  },
  {
    file: /node_modules[\\/]string-width[\\/]index\.js$/,
    // The tables of grapheme clusters take 10 ms, and plain ASCII needs none.
    lines: [
      [
        'const segmenter = new Intl.Segmenter();',
        'let made; const segmenter = {segment: (text) => (made ??= new Intl.Segmenter()).segment(text)};',
      ],
    ],
    // Other packages carry older copies, which have no such line.
    only: /(?<!node_modules[\\/].*)node_modules[\\/]string-width/,
  },
]

/**
 * The Kubernetes client's kubeconfig needs two names of its generated API clients, and never calls them here: a thousand modules that take
 * 80 MB and most of a second to load. A name that it would need besides is missing, and fails the build.
 */
const generated = /@kubernetes[\\/]client-node[\\/]dist[\\/]gen[\\/]index\.js$/
const withoutGenerated = 'export const createConfiguration = null; export class ServerConfiguration {}'

export const leanStart = {
  name: 'lean-start',
  setup(build) {
    build.onLoad({filter: generated}, () => ({contents: withoutGenerated, loader: 'js'}))
    for (const {file, lines, only} of changes)
      build.onLoad({filter: file}, async ({path}) => {
        if (only !== undefined && !only.test(path)) return undefined
        let contents = await readFile(path, 'utf8')
        for (const [was, is] of lines) {
          if (!contents.includes(was)) return {errors: [{text: `${path} no longer has: ${was}`}]}
          contents = contents.replace(was, is)
        }
        return {contents, loader: 'js'}
      })
  },
}
