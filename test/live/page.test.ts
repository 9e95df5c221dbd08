import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {sidetrace} from '../setup/run-bin.js'

const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']
const browser = browsers.find((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0)
if (browser === undefined) console.log('skipped, the page in a browser: no Chromium here')

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'sidetrace-page-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))

const pages: Record<string, string[]> = {
  delivered: ['trace', '--from', 'sample'],
  denied: ['trace', 'productpage', 'http://ratings:9080/ratings/0'],
  weighted: ['trace', 'productpage', 'http://reviews:9080/reviews/0'],
  gateway: [
    'trace',
    'sleep',
    'http://istio-ingressgateway.istio-system/productpage',
    '-H',
    'Host: bookinfo.example.com',
  ],
  'without a way': ['trace', 'productpage', 'http://nobody.example.org/'],
}

/** Everything open, so that axe sees all of it; its findings go to the page around. */
const examination = `
for (const each of document.querySelectorAll('details')) each.open = true
axe.run(document, {resultTypes: ['violations']}).then(
  ({violations, passes}) => {
    const found = violations.map(({id, nodes}) => id + ': ' + nodes[0].html + ' ' + nodes[0].failureSummary)
    const dark = matchMedia('(prefers-color-scheme: dark)').matches
    parent.postMessage({found, passes: passes.length, dark, width: innerWidth}, '*')
  },
  (error) => parent.postMessage({found: [String(error)]}, '*'),
)`

/** A browser's window has a least width; a frame in it has none. What the frame says becomes an attribute, for --dump-dom. */
const around = (width: number): string => `<!DOCTYPE html><title>around</title><body><script>
addEventListener('message', ({data}) => { document.body.dataset.examined = JSON.stringify(data) })
</script><iframe src="page.html" style="width: ${width}px; height: 900px; border: 0"></iframe></body>`

const entities: Record<string, string> = {'&quot;': '"', '&amp;': '&', '&lt;': '<', '&gt;': '>'}

interface Examined {
  found: string[]
  passes: number
  dark: boolean
  width: number
}

function examine(html: string, width: number, dark: boolean): Examined {
  // As a function: the replacement text holds dollar signs of its own.
  writeFileSync(
    join(folder, 'page.html'),
    html.replace('</body>', () => `<script>${axe}</script>\n<script>${examination}</script>\n</body>`),
  )
  writeFileSync(join(folder, 'around.html'), around(width))
  const {stdout} = spawnSync(
    browser ?? '',
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--window-size=1600,1000',
      `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
      `--user-data-dir=${join(folder, 'profile')}`,
      '--virtual-time-budget=60000',
      '--dump-dom',
      `file://${join(folder, 'around.html')}`,
    ],
    {encoding: 'utf8', maxBuffer: 2 ** 28},
  )
  const [, text] = /data-examined="([^"]*)"/.exec(stdout) ?? []
  if (text === undefined) throw new Error(`axe did not end: ${stdout.slice(0, 300)}`)
  return JSON.parse(text.replace(/&\w+;/g, (entity) => entities[entity] ?? entity))
}

describe.skipIf(browser === undefined)('the page of a trace, in a browser', () => {
  it.each(Object.entries(pages))('has nothing that axe objects to, light and dark, narrow and wide: %s', (_, args) => {
    const {stdout: html} = sidetrace([...args, '-o', 'html'])
    for (const [width, dark] of [
      [360, false],
      [1400, true],
    ] as const) {
      const examined = examine(html, width, dark)
      expect(examined.found).toEqual([])
      expect(examined).toMatchObject({dark, width})
      expect(examined.passes).toBeGreaterThan(10)
    }
  })

  it('is asked of an axe that finds what is wrong', () => {
    const html = '<!DOCTYPE html><html><body><p style="color: #ccc; background: #fff">pale</p></body></html>'
    expect(examine(html, 800, false).found.join()).toMatch(/color-contrast.*html-has-lang/s)
  })
})
