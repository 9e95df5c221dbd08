import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {SourceError} from '../../../src/errors.js'
import {askBytes} from '../../../src/sources/admin-point.js'
import {nodes, pods, services} from '../../../src/sources/kubernetes/api-resource.js'
import type {Cluster} from '../../../src/sources/kubernetes/cluster.js'
import {connectCluster} from '../../../src/sources/kubernetes/connect.js'
import {findClusterPod} from '../../../src/sources/kubernetes/find-pods.js'
import {podAdmin} from '../../../src/sources/kubernetes/pod-admin.js'
import {type Answers, type ApiStandIn, json, startApi, status} from './stand-in/api-server.js'
import type {Peer} from './stand-in/web-socket.js'

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0)) await end()
})

async function clusterOf(answers: Answers, timeoutMs = 2000): Promise<{cluster: Cluster; api: ApiStandIn}> {
  const api = await startApi(answers)
  const folder = mkdtempSync(join(tmpdir(), 'sidetrace-api-'))
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, api.kubeconfig)
  const cluster = await connectCluster({kubeconfig, timeoutMs})
  ended.push(
    () => cluster.close(),
    () => api.close(),
    () => rmSync(folder, {recursive: true}),
  )
  return {cluster, api}
}

async function failureOf(asking: Promise<unknown>): Promise<SourceError> {
  const end = await asking.then(
    () => 'answered',
    (reason: unknown) => reason,
  )
  if (end instanceof SourceError) return end
  throw new Error(`not refused as a source: ${String(end)}`)
}

const shop = {namespace: 'shop', name: 'cart-0'}

describe('an API server that refuses is quoted in one line:', () => {
  const refusal = async (code: number, body: string): Promise<SourceError> => {
    const {cluster} = await clusterOf({
      answer: (_, response) => {
        response.writeHead(code, {'content-type': 'application/json'})
        response.end(body)
      },
    })
    return failureOf(cluster.list(pods, {namespace: 'shop'}))
  }

  it('credentials that it does not know', async () => {
    const {exit, failure} = await refusal(401, JSON.stringify(status(401, 'Unauthorized')))
    expect(exit).toBe(77)
    expect(failure).toEqual({
      where: 'cluster test',
      what: 'the API server does not accept these credentials (401 Unauthorized)',
      hint: 'A token may have expired: log in again, or choose another context with --context',
    })
  })

  it('what this user may not do, with the Role that allows it', async () => {
    const message = 'pods is forbidden: User "system:serviceaccount:ops:reader" cannot list resource "pods"'
    const {exit, failure} = await refusal(403, JSON.stringify(status(403, message)))
    expect([exit, failure.what]).toEqual([77, 'system:serviceaccount:ops:reader may not list pods in namespace shop'])
    expect(failure.remedy).toBe(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: sidetrace, namespace: shop}
rules:
- apiGroups: [""]
  resources: ["pods"]
  verbs: [list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: sidetrace, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: sidetrace}
subjects: [{kind: ServiceAccount, namespace: ops, name: reader}]`)
  })

  it('an error of its own', async () => {
    const {exit, failure} = await refusal(500, JSON.stringify(status(500, 'etcdserver: request timed out')))
    expect([exit, failure.what]).toEqual([69, 'answered 500 for pods in namespace shop: etcdserver: request timed out'])
  })

  it('a web page of somebody else', async () => {
    const {exit, failure} = await refusal(200, '<html>log in</html>')
    expect([exit, failure.what]).toEqual([69, 'answered no JSON object, so it is no Kubernetes API server'])
  })

  it('a kind of object that it does not know', async () => {
    const {failure} = await refusal(404, '404 page not found')
    expect(failure.what).toBe('the API server does not know pods in version v1')
  })
})

describe('an API server in trouble is unreachable:', () => {
  it('away from the start', async () => {
    const {cluster, api} = await clusterOf({})
    await api.close()
    const {exit, failure} = await failureOf(cluster.list(pods, {namespace: null}))
    expect([exit, failure.what]).toEqual([69, `API server ${api.url} refuses connections`])
  })

  it('silent', async () => {
    const {cluster} = await clusterOf({answer: () => undefined}, 100)
    const {failure} = await failureOf(cluster.list(pods, {namespace: null}))
    expect(failure.what).toMatch(/did not answer within 0\.1 s$/)
    expect(failure.hint).toMatch(/--timeout/)
  })

  it('gone in the middle of an answer', async () => {
    const {cluster} = await clusterOf({
      answer: (_, response) => {
        response.writeHead(200, {'content-length': 100})
        response.write('{"items":')
        setTimeout(() => response.destroy(), 20)
      },
    })
    const {exit, failure} = await failureOf(cluster.list(pods, {namespace: null}))
    expect([exit, failure.what]).toEqual([69, expect.stringMatching(/broke off in the middle$/)])
  })

  it('silent in the middle of an answer', async () => {
    const {cluster} = await clusterOf(
      {
        answer: (_, response) => {
          response.writeHead(200, {'content-length': 100})
          response.write('{"items":')
        },
      },
      100,
    )
    const {exit} = await failureOf(cluster.list(pods, {namespace: null}))
    expect(exit).toBe(69)
  })
})

describe('a list', () => {
  it('is read page by page, and names all its objects', async () => {
    const {cluster, api} = await clusterOf({
      answer: (path, response) => {
        const last = path.includes('continue=more')
        const metadata = last ? {} : {continue: 'more'}
        json(response, 200, {metadata, items: [{metadata: {name: last ? 'b' : 'a'}}]})
      },
    })
    const items = await cluster.list(nodes, {namespace: null, labelSelector: 'a=b,c'})
    expect(items).toEqual([{metadata: {name: 'a'}}, {metadata: {name: 'b'}}])
    expect(api.asked).toEqual([
      'GET /api/v1/nodes?limit=500&labelSelector=a%3Db%2Cc',
      'GET /api/v1/nodes?limit=500&labelSelector=a%3Db%2Cc&continue=more',
    ])
  })

  it('asks with the credentials of the kubeconfig', async () => {
    let authorization: string | undefined
    const {cluster} = await clusterOf({
      answer: (_, response, request) => {
        authorization = request.headers.authorization
        json(response, 200, {items: []})
      },
    })
    await cluster.list(services, {namespace: null})
    expect(authorization).toBe('Bearer t')
  })
})

/** Answers every HTTP request that comes through a forwarded port with `body`. */
const serve = (peer: Peer, body: string, cut?: number): void => {
  const port = Buffer.from([0x98, 0x3a])
  peer.send(0, port)
  peer.send(1, port)
  peer.onMessage((channel) => {
    if (channel !== 0) return
    const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    peer.send(0, cut === undefined ? answer : answer.slice(0, -cut))
    if (cut !== undefined) peer.drop()
  })
}

describe('a forwarded port', () => {
  it('answers, and is closed afterwards', async () => {
    const {cluster, api} = await clusterOf({
      stream: (_, open) => {
        serve(open(), '{"configs": []}')
        return undefined
      },
    })
    const bytes = await askBytes(podAdmin(cluster, shop), '/config_dump')
    expect(Buffer.from(bytes).toString()).toBe('{"configs": []}')
    expect(api.asked).toEqual(['STREAM /api/v1/namespaces/shop/pods/cart-0/portforward?ports=15000'])
  })

  it('that is dropped in the middle is asked once more', async () => {
    let opened = 0
    const {cluster, api} = await clusterOf({
      stream: (_, open) => {
        opened += 1
        serve(open(), '{"configs": []}', opened === 1 ? 5 : undefined)
        return undefined
      },
    })
    const bytes = await askBytes(podAdmin(cluster, shop), '/config_dump')
    expect(Buffer.from(bytes).toString()).toBe('{"configs": []}')
    expect(api.asked).toHaveLength(2)
  })

  it('that is dropped twice is reported', async () => {
    const {cluster, api} = await clusterOf({
      stream: (_, open) => {
        serve(open(), '{"configs": []}', 5)
        return undefined
      },
    })
    const {exit, failure} = await failureOf(askBytes(podAdmin(cluster, shop), '/config_dump'))
    expect([exit, failure.what]).toEqual([69, 'the forwarded stream broke off before the end of the answer, twice'])
    expect(api.asked.filter((one) => one.startsWith('STREAM'))).toHaveLength(2)
  })

  it('whose port is closed is not asked twice', async () => {
    const {cluster, api} = await clusterOf({
      stream: (_, open) => {
        const peer = open()
        peer.send(
          1,
          Buffer.concat([
            Buffer.from([0x98, 0x3a]),
            Buffer.from('dial tcp4 127.0.0.1:15000: connect: connection refused'),
          ]),
        )
        peer.close()
        return undefined
      },
    })
    const {failure} = await failureOf(askBytes(podAdmin(cluster, shop, {port: 15000}), '/config_dump'))
    expect(failure.what).toBe('nothing listens on port 15000 of the pod')
    expect(api.asked.filter((one) => one.startsWith('STREAM'))).toHaveLength(1)
  })

  it('that never answers is given up in time', async () => {
    const {cluster} = await clusterOf({
      stream: (_, open) => {
        open()
        return undefined
      },
    })
    const {failure} = await failureOf(askBytes(podAdmin(cluster, shop, {timeoutMs: 100}), '/config_dump'))
    expect(failure.what).toBe('did not answer within 0.1 s')
  })
})

describe('where no port may be forwarded', () => {
  const forbidden = {status: 403, body: status(403, 'User "dev" cannot get resource "pods/portforward"')}
  const withExec = (run: (command: string[], peer: Peer) => void) => ({
    answer: (path: string, response: Parameters<typeof json>[0]) =>
      path.endsWith('/pods/cart-0')
        ? json(response, 200, {
            metadata: {name: 'cart-0', namespace: 'shop'},
            spec: {containers: [{name: 'app'}, {name: 'istio-proxy'}]},
            status: {phase: 'Running'},
          })
        : json(response, 404, status(404, 'not found')),
    stream: (path: string, open: () => Peer) => {
      if (path.includes('/portforward')) return forbidden
      const url = new URL(path, 'http://x')
      if (url.searchParams.get('container') !== 'istio-proxy') return {status: 400, body: status(400, 'no container')}
      run(url.searchParams.getAll('command'), open())
      return undefined
    },
  })
  const done = (peer: Peer, stdout: string): void => {
    peer.send(1, stdout)
    peer.send(3, JSON.stringify({status: 'Success'}))
  }
  const absent = (peer: Peer): void =>
    peer.send(3, JSON.stringify({status: 'Failure', message: 'exec: executable file not found in $PATH: unknown'}))

  it('the first program that the proxy’s container has asks in its place', async () => {
    const commands: string[] = []
    const said: string[] = []
    const {cluster} = await clusterOf(
      withExec((command, peer) => {
        commands.push(command[0] ?? '')
        if (command[0] === 'pilot-agent') absent(peer)
        else done(peer, '{"configs": []}\n200 application/json')
      }),
    )
    const point = podAdmin(cluster, shop, {onWay: (sentence) => said.push(sentence)})
    const ask = async () => Buffer.from(await askBytes(point, '/config_dump')).toString()
    expect([await ask(), await ask()]).toEqual(['{"configs": []}', '{"configs": []}'])
    expect(commands).toEqual(['pilot-agent', 'curl', 'pilot-agent', 'curl'])
    expect(said).toEqual([
      'shop/cart-0 is asked by curl in istio-proxy: dev may not get pods/portforward in namespace shop',
    ])
  })

  it('a container without any of them is named, with the Role for the other way', async () => {
    const {cluster} = await clusterOf(withExec((_, peer) => absent(peer)))
    const {exit, failure} = await failureOf(askBytes(podAdmin(cluster, shop), '/config_dump'))
    expect(exit).toBe(69)
    expect(failure.what).toMatch(/has none of pilot-agent, curl, wget, python3/)
    expect(failure.remedy).toContain('pods/portforward')
  })

  it('a refusal of Envoy is passed on', async () => {
    const {cluster} = await clusterOf(
      withExec((command, peer) => (command[0] === 'curl' ? done(peer, 'no such path\n404 text/plain') : absent(peer))),
    )
    const {failure} = await failureOf(askBytes(podAdmin(cluster, shop), '/nope'))
    expect(failure.what).toBe('answered 404 Not Found: "no such path"')
  })
})

describe('a pod that may be named but not read', () => {
  it('is taken at its word, as a port-forward alone needs no more', async () => {
    const {cluster} = await clusterOf({
      answer: (_, response) => json(response, 403, status(403, 'User "dev" cannot get resource "pods"')),
      stream: (_, open) => {
        serve(open(), '{}')
        return undefined
      },
    })
    const pod = await findClusterPod(cluster, 'cart-0')
    expect(pod).toEqual({...shop, object: null})
    expect(Buffer.from(await askBytes(podAdmin(cluster, pod, {pod: null}), '/x')).toString()).toBe('{}')
  })
})
