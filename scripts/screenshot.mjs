#!/usr/bin/env node
// Draws docs/tui.svg: the terminal screen on the embedded sample, as it really stands in a pseudo-terminal.
// `node scripts/screenshot.mjs [OUT.svg [PROGRAM ARGUMENT...]]`; run it again after the screen has changed.
import {writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {spawn} from '@lydell/node-pty'
import xterm from '@xterm/headless'

const root = fileURLToPath(new URL('..', import.meta.url))
const [out = 'docs/tui.svg', ...program] = process.argv.slice(2)
const columns = 120
const rows = 30
const patience = 20_000

/** Sixteen colours that can be read on the dark ground of the picture, in a light page and a dark one. */
const palette = [
  '#3b4252',
  '#f0717a',
  '#98c379',
  '#e5c07b',
  '#74a8f0',
  '#c792ea',
  '#6cc7d4',
  '#d8dee9',
  '#6b7689',
  '#ff8b92',
  '#b5e08f',
  '#ffd98a',
  '#95c0ff',
  '#dcb0ff',
  '#8fe3ee',
  '#ffffff',
]
const ground = '#1d232e'
const ink = '#d5dbe5'

const terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
const {NO_COLOR: _noColour, ...environment} = process.env
const child = spawn(process.execPath, program.length > 0 ? program : ['bin/run.js', 'trace'], {
  cols: columns,
  rows,
  cwd: root,
  env: {...environment, TERM: 'xterm-256color'},
})

const line = (row) => terminal.buffer.active.getLine(row)
const text = () => Array.from({length: rows}, (_, row) => line(row)?.translateToString(true) ?? '').join('\n')

const shows = (wanted) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`never showed ${wanted}; the screen:\n${text()}`)), patience)
    const look = () => {
      if (!wanted.test(text())) return
      clearTimeout(timer)
      listener.dispose()
      resolve()
    }
    const listener = child.onData((data) => terminal.write(data, look))
    look()
  })

/** Runs of cells that look alike. */
function* runs(row) {
  let run = null
  for (let column = 0; column < columns; column += 1) {
    const cell = line(row)?.getCell(column)
    if (cell === undefined || cell.getWidth() === 0) continue
    const style = styleOf(cell)
    const key = JSON.stringify(style)
    if (run?.key !== key) {
      if (run !== null) yield run
      run = {key, style, column, text: '', width: 0}
    }
    run.text += cell.getChars() || ' '
    run.width += cell.getWidth()
  }
  if (run !== null) yield run
}

function styleOf(cell) {
  const fore = cell.isFgPalette() ? (palette[cell.getFgColor()] ?? ink) : ink
  const back = cell.isBgPalette() ? (palette[cell.getBgColor()] ?? ground) : ground
  const inverse = cell.isInverse() !== 0
  return {
    fill: inverse ? back : fore,
    back: inverse ? fore : back,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
  }
}

const cellWidth = 8.4
const lineHeight = 18
const margin = 14
const bar = 30

/** Blanks side by side are one in SVG, unless they are hard ones. */
const escaped = (words) =>
  words.replaceAll(' ', '\u00a0').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const number = (value) => String(Math.round(value * 100) / 100)

function drawRun({style, column, text: words, width}, row) {
  const x = margin + column * cellWidth
  const y = bar + margin + row * lineHeight
  const ground_ =
    style.back === ground
      ? ''
      : `<rect x="${number(x)}" y="${number(y)}" width="${number(width * cellWidth)}" height="${lineHeight}" fill="${style.back}"/>\n`
  if (words.trim() === '') return ground_
  const start = words.length - words.trimStart().length
  const shown = words.trim()
  const weight = style.bold ? ' font-weight="bold"' : ''
  const opacity = style.dim ? ' opacity="0.62"' : ''
  // textLength holds the grid together, whatever fixed-width font the reader has.
  const length = `textLength="${number((width - (words.length - shown.length)) * cellWidth)}" lengthAdjust="spacingAndGlyphs"`
  return `${ground_}<text x="${number(x + start * cellWidth)}" y="${number(y + lineHeight * 0.74)}" fill="${style.fill}"${weight}${opacity} ${length}>${escaped(shown)}</text>\n`
}

function draw() {
  const width = margin * 2 + columns * cellWidth
  const height = bar + margin * 2 + rows * lineHeight
  const cells = Array.from({length: rows}, (_, row) => [...runs(row)].map((run) => drawRun(run, row)).join('')).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}" role="img" aria-labelledby="title">
<title id="title">The terminal screen of sidetrace: the way of a request on the left, the reason of the selected step on the right</title>
<rect width="100%" height="100%" rx="10" fill="${ground}"/>
<rect x="0.5" y="0.5" width="${number(width - 1)}" height="${number(height - 1)}" rx="10" fill="none" stroke="#8892a4" stroke-opacity="0.6"/>
<g fill="#6b7689"><circle cx="20" cy="18" r="5"/><circle cx="38" cy="18" r="5"/><circle cx="56" cy="18" r="5"/></g>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${cells}</g>
</svg>
`
}

try {
  await shows(/q quit/)
  writeFileSync(new URL(`../${out}`, import.meta.url), draw())
} finally {
  child.kill()
}
process.exit(0)
