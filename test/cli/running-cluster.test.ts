import {execFileSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {root, sidetrace} from '../setup/run-bin.js'
import {kubeconfigText} from '../sources/kubernetes/stand-in/api-server.js'

let folder: string
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sidetrace-running-'))
})
afterAll(() => rmSync(folder, {recursive: true, force: true}))

/** A port of this machine on which nothing listens. */
const nowhere = kubeconfigText('http://127.0.0.1:1')

const dump = readdirSync(join(root, 'samples/bookinfo/pods/default')).find((pod) => pod.startsWith('productpage')) ?? ''

/** The files that Node loads when `sidetrace` runs with these arguments, as its coverage lists them. */
function loadedBy(args: readonly string[], env: Record<string, string>): string[] {
  const coverage = mkdtempSync(join(folder, 'coverage-'))
  sidetrace(args, {env: {...env, NODE_V8_COVERAGE: coverage}})
  return readdirSync(coverage).flatMap((name) => {
    const {result}: {result: {url: string}[]} = JSON.parse(readFileSync(join(coverage, name), 'utf8'))
    return result.map(({url}) => url).filter((url) => url.startsWith('file:'))
  })
}

/** The client's own words for a service account; of our files only its loader could hold them. */
const holdsClient = (urls: readonly string[]): boolean =>
  urls.some((url) => readFileSync(fileURLToPath(url), 'utf8').includes('KUBERNETES_SERVICE_PORT'))

describe('the Kubernetes client', () => {
  it('is loaded for a pod of a cluster', () => {
    expect(holdsClient(loadedBy(['pc', 'cluster', 'cart'], {KUBECONFIG: file('nowhere', nowhere)}))).toBe(true)
  })

  it('is not loaded for a file or a snapshot, whatever kubeconfig there is', () => {
    const env = {KUBECONFIG: file('nowhere', nowhere)}
    const config = join('samples/bookinfo/pods/default', dump, 'config_dump.json')
    for (const args of [
      ['pc', 'cluster', '-f', config],
      ['pc', 'cluster', 'productpage.default', '--from', 'sample'],
      ['ps', '--from', 'sample'],
      ['match', '-f', config, '--dst', '10.96.0.14:9080', 'http://reviews:9080/'],
      ['trace', '--from', 'sample', 'productpage', 'http://reviews:9080/', '-o', 'text'],
      ['iptables', 'show', '--from', 'sample', '--pod', 'productpage'],
    ])
      expect(holdsClient(loadedBy(args, env)), args.join(' ')).toBe(false)
  })
})

describe('without --from', () => {
  it('a client of trace is a pod of the cluster where there is a kubeconfig, and of the sample where there is none', () => {
    const asked = ['trace', 'productpage', 'http://reviews:9080/', '-o', 'text']
    const live = sidetrace(asked, {env: {KUBECONFIG: file('nowhere', nowhere)}})
    expect([live.exit, live.stdout]).toEqual([69, ''])
    expect(live.stderr).toMatch(/^Error: cluster test: API server http:\/\/127\.0\.0\.1:1 refuses connections\./)
    expect(sidetrace(asked).stdout).toMatch(/^GET http:\/\/reviews:9080\//)
    const named = sidetrace([...asked, '--context', 'prod'])
    expect([named.exit, named.stderr]).toEqual([69, expect.stringContaining('no kubeconfig was found')])
  })

  it.each([
    ['pc', 'cluster', 'cart'],
    ['match', '--pod', 'cart', 'http://x/'],
    ['iptables', 'show', '--pod', 'cart'],
    ['routes', 'shadowed', '--pod', 'cart'],
    ['ps'],
  ])('a pod needs a kubeconfig: %s %s', (...args) => {
    const {exit, stdout, stderr} = sidetrace(args)
    expect([exit, stdout]).toEqual([69, ''])
    expect(stderr).toMatch(
      /^Error: KUBECONFIG=\/nonexistent: no kubeconfig was found\. Pass --kubeconfig FILE[^\n]*\n$/,
    )
  })
})

describe('a kubeconfig', () => {
  const fails = (args: string[], env: Record<string, string>): string => {
    const {exit, stdout, stderr} = sidetrace(['pc', 'cluster', 'cart', ...args], {env})
    expect([exit, stdout, stderr.split('\n').length]).toEqual([69, '', 2])
    return stderr
  }

  it('may be several files: of what has the same name the first counts, and files that are not there are passed over', () => {
    const first = file('first', nowhere)
    const second = file('second', kubeconfigText('http://127.0.0.1:2').replaceAll('name: plain', 'name: only-here'))
    const KUBECONFIG = [join(folder, 'absent'), first, second].join(delimiter)
    expect(fails([], {KUBECONFIG})).toContain('http://127.0.0.1:1 refuses')
    expect(fails(['--context', 'only-here'], {KUBECONFIG})).toContain('cluster only-here')
  })

  it('that is asked for what it does not hold says what it holds', () => {
    const KUBECONFIG = file('config', nowhere)
    expect(fails(['--context', 'tst'], {KUBECONFIG})).toContain('no context "tst". Did you mean test?')
    expect(fails(['--context', 'production'], {KUBECONFIG})).toContain('It has test, plain, headless')
    expect(fails(['--context', 'headless'], {KUBECONFIG})).toContain('names a cluster that it does not have')
    const unset = file('unset', nowhere.replace('current-context: test\n', ''))
    expect(fails(['--kubeconfig', unset], {})).toContain('has no current context. Pass --context test or plain')
    expect(fails(['--kubeconfig', join(folder, 'absent')], {})).toContain('no such kubeconfig file')
    expect(fails(['--kubeconfig', file('list', '[1, 2]')], {})).toMatch(
      /no current context|no kubeconfig that can be read/,
    )
    expect(fails(['--kubeconfig', file('number', '7')], {})).toMatch(
      /no current context|no kubeconfig that can be read/,
    )
  })

  it('is looked for in the home folder', () => {
    const home = mkdtempSync(join(folder, 'home-'))
    execFileSync('mkdir', [join(home, '.kube')])
    writeFileSync(join(home, '.kube/config'), nowhere)
    expect(fails([], {KUBECONFIG: '', HOME: home})).toContain('http://127.0.0.1:1 refuses')
  })
})

describe('a duration', () => {
  it.each(['', '0', '-1s', '1x', 's', '99999999h'])('is refused: %j', (text) => {
    const {exit, stderr} = sidetrace(['pc', 'cluster', 'cart', `--timeout=${text}`], {
      env: {KUBECONFIG: file('c', nowhere)},
    })
    expect(exit).toBe(2)
    expect(stderr).toMatch(/is no duration\. For example 30s or 2m/)
  })
})
