import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {kubeconfigOf} from './lab.js'
import {sidetraceAs} from './run.js'
import {makeBrokenPods} from './workloads.js'

describe.skipIf(inject('withoutLab') !== null)('what is wrong with a real cluster is said in one line', () => {
  let folder: string
  beforeAll(() => {
    makeBrokenPods()
    folder = mkdtempSync(join(tmpdir(), 'sidetrace-errors-'))
  })
  afterAll(() => rmSync(folder, {recursive: true, force: true}))

  /** A kubeconfig of our own making: the administrator's with something changed. */
  const changed = (name: string, change: (text: string) => string): string => {
    const file = join(folder, name)
    writeFileSync(file, change(readFileSync(kubeconfigOf('admin'), 'utf8')))
    return file
  }

  const expectLine = async (args: string[], exit: number, line: RegExp): Promise<void> => {
    const ran = await sidetraceAs('admin', args)
    expect([ran.exit, ran.stdout], ran.stderr).toEqual([exit, ''])
    expect(ran.stderr.split('\n')).toHaveLength(2)
    expect(ran.stderr).toMatch(line)
  }

  const broken = (pod: string, ...flags: string[]) => ['pc', 'cluster', `${pod}.broken`, ...flags]

  it.each([
    ['pending', /broken\/pending.*is not running \(Pending: Unschedulable\)/],
    ['no-image', /broken\/no-image.*is not running \(Pending: (?:ErrImageNeverPull|ErrImagePull|ImagePullBackOff)\)/],
    ['crashing', /broken\/crashing.*container istio-proxy is not running \((?:CrashLoopBackOff|Error)\)/],
    ['no-proxy', /broken\/no-proxy.*has no proxy container, only app/],
    ['moved-silently', /nothing listens on port 15000 of the pod.*--proxy-admin-port/],
    ['web', /broken\/web\/config_dump.*answered 404.*--proxy-admin-port/],
    ['nobody', /no pod nobody in namespace broken/],
  ])('of the pod %s', (pod, line) => expectLine(broken(pod), 69, line))

  it('of a moved admin port nothing, where the pod says where it is or a flag does', async () => {
    expect((await sidetraceAs('admin', ['pc', 'bootstrap', 'moved.broken'])).exit).toBe(0)
    const flag = ['--proxy-admin-port', '19000']
    expect((await sidetraceAs('admin', ['pc', 'bootstrap', 'moved-silently.broken', ...flag])).exit).toBe(0)
  })

  it('of one pod of many, beside the table of the others', async () => {
    const {exit, stdout, stderr} = await sidetraceAs('admin', ['pc', 'cluster', '-A', '--fqdn', 'BlackHole'])
    expect(exit).toBe(0)
    expect(stdout).toMatch(/^default\/shop-\S+ +BlackHoleCluster/m)
    expect(stderr).toMatch(/^Warning: broken\/pending: is not running \(Pending: Unschedulable\)/m)
  })

  it('of the kubeconfig', async () => {
    const asked = ['pc', 'cluster', 'deploy/shop']
    const with_ = (file: string) => [...asked, '--kubeconfig', file]
    await expectLine([...asked, '--context', 'admn@lab'], 69, /no context "admn@lab"\. Did you mean admin@lab\?/)
    await expectLine(with_('/nonexistent/config'), 69, /no such kubeconfig file/)
    await expectLine(with_(changed('empty', () => '')), 69, /is no kubeconfig that can be read/)
    await expectLine(with_(changed('text', () => '{no: [yaml')), 69, /is no kubeconfig that can be read/)
    await expectLine(with_(changed('away', (text) => text.replace(':6443', ':6444'))), 69, /refuses connections/)
    const stranger = changed('stranger', (text) =>
      text.replace(/certificate-authority-data: \S+?}/, 'tls-server-name: x}'),
    )
    await expectLine(with_(stranger), 69, /certificate/)
    const token = changed('token', (text) =>
      text.replace(/user: \{client-certificate-data.*\}\}/, 'user: {token: expired}}'),
    )
    await expectLine(with_(token), 77, /does not accept these credentials.*may have expired: log in again/)
    const plugin = changed('plugin', (text) =>
      text.replace(
        /user: \{client-certificate-data.*\}\}/,
        'user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin, interactiveMode: Never}}}',
      ),
    )
    await expectLine(with_(plugin), 77, /credentials cannot be had: .*no-such-plugin/)
  })

  it('of an object that the server does not know, or a container that has no way to ask', async () => {
    await expectLine(['pc', 'cluster', 'gateway/none'], 69, /gateway\/none: has no pods/)
    await expectLine(broken('distroless'), 69, /nothing listens on port 15000/)
  })
})
