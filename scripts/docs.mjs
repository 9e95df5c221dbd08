#!/usr/bin/env node
// Writes what the documents take from the program: docs/commands.md, the reference of all commands, from oclif's manifest, and the trace in
// README.md. `--check` only says whether they are up to date (exit 1 when not).
import {execFileSync} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = join(root, 'docs/commands.md')
const {commands} = JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8'))
const bin = 'sidetrace'

const words = (id) => id.replaceAll(':', ' ')
const fill = (text, id) => text.replaceAll('<%= config.bin %>', bin).replaceAll('<%= command.id %>', words(id)).trim()
const cell = (text) =>
  text
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ')
    .trim()
const table = (head, rows) =>
  rows.length === 0 ? [] : [[head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')]

function usage({id, args, flags}) {
  const named = Object.values(args ?? {}).map((arg) =>
    arg.required ? arg.name.toUpperCase() : `[${arg.name.toUpperCase()}]`,
  )
  const needed = Object.values(flags ?? {})
    .filter((flag) => flag.required)
    .map((flag) => `--${flag.name} ${valueOf(flag)}`)
  return [`${bin} ${words(id)}`, ...named, ...needed, '[FLAGS]'].join(' ')
}

const valueOf = (flag) => flag.helpValue ?? (flag.options ? `(${flag.options.join('|')})` : 'VALUE')

function flagRow(flag, id) {
  const name = [flag.char && `-${flag.char}`, `--${flag.allowNo ? '[no-]' : ''}${flag.name}`].filter(Boolean).join(', ')
  const notes = [
    flag.summary ?? flag.description ?? '',
    flag.default ? `Default: ${flag.default}.` : '',
    flag.multiple ? 'May be repeated.' : '',
  ]
  return [
    `\`${cell(name + (flag.type === 'option' ? ` ${valueOf(flag)}` : ''))}\``,
    cell(fill(notes.filter(Boolean).join(' '), id)),
  ]
}

/** Examples are a command line, a sentence with one below it, or `{description, command}`. */
function example(entry, id) {
  const lines = typeof entry === 'string' ? entry.split('\n') : [entry.description ?? '', entry.command]
  const filled = lines.map((line) => fill(line, id)).filter((line) => line !== '')
  const command = filled
    .filter((line) => /^(\$ )?sidetrace\b|\|\s*sidetrace\b/.test(line))
    .map((line) => line.replace(/^\$ /, ''))
  const said = filled.filter((line) => !command.includes(line.replace(/^\$ /, '')))
  return [...said.map((line) => `# ${line}`), ...command].join('\n')
}

function section(command) {
  const {id, summary, description, aliases = [], args = {}, flags = {}, examples = []} = command
  const visible = Object.values(flags).filter((flag) => !flag.hidden)
  return [
    `## ${bin} ${words(id)}`,
    fill(summary ?? '', id),
    description === undefined ? '' : fill(description, id),
    `\`\`\`\n${usage(command)}\n\`\`\``,
    aliases.length === 0 ? '' : `Aliases: ${aliases.map((alias) => `\`${words(alias)}\``).join(', ')}`,
    ...table(
      ['argument', 'meaning'],
      Object.values(args).map((arg) => [`\`${arg.name.toUpperCase()}\``, cell(fill(arg.description ?? '', id))]),
    ),
    ...table(
      ['flag', 'meaning'],
      visible.map((flag) => flagRow(flag, id)),
    ),
    examples.length === 0 ? '' : `\`\`\`sh\n${examples.map((entry) => example(entry, id)).join('\n\n')}\n\`\`\``,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const text = [
  '# Commands',
  'Generated from the commands themselves by `npm run docs`. Each command says the same with `--help`.',
  ...Object.values(commands)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .filter((command) => !command.hidden)
    .map(section),
].join('\n\n')

/** The README with the trace that the program prints now in its first block. */
const readmeFile = join(root, 'README.md')
const readmeBefore = readFileSync(readmeFile, 'utf8')
const trace = execFileSync(process.execPath, [join(root, 'bin/run.js'), 'trace', '--from', 'sample'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
})
const readme = readmeBefore.replace(/^```\n[\s\S]*?^```$/m, () => `\`\`\`\n${trace}\`\`\``)

if (!process.argv.includes('--check')) {
  writeFileSync(file, `${text}\n`)
  writeFileSync(readmeFile, readme)
} else if (readFileSync(file, 'utf8') !== `${text}\n` || readmeBefore !== readme) {
  console.error('docs/commands.md or the trace in README.md is not what the program prints: run npm run docs')
  process.exitCode = 1
}
