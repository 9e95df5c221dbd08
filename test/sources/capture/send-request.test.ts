import {describe, expect, test} from 'vitest'
import {type OutgoingRequest, sendRequest} from '../../../src/sources/kubernetes/send-request.js'
import {done, fakeCluster} from './fake-cluster.js'

const pod = {namespace: 'shop', name: 'cart'}
const get: OutgoingRequest = {method: 'GET', url: 'http://a/', headers: [], httpVersion: '1.1', connectTo: null}

describe('a request is sent', () => {
  test('by curl as it was asked for, each part an argument of its own', async () => {
    const cluster = fakeCluster({exec: (_, [program]) => (program === 'curl' ? done('204') : null)})
    const headers: OutgoingRequest['headers'] = [
      ['x-a', "1'; reboot #"],
      ['Host', null],
      ['x-empty', ''],
    ]
    const request = {...get, method: 'PUT', url: 'http://a/$(id)?b', headers, connectTo: '10.0.0.1:80'}
    expect(await sendRequest(cluster, pod, ['app'], request)).toEqual({
      by: 'curl in shop/cart app',
      status: 204,
      error: null,
    })
    expect(cluster.asked[0]).toContain(
      "-X PUT --http1.1 -H x-a: 1'; reboot # -H Host: -H x-empty; --connect-to ::10.0.0.1:80 --url http://a/$(id)?b",
    )
  })

  test.each([
    ['node', '200\n', '', 200],
    ['python3', '503\n', '', 503],
    ['wget', '', '  HTTP/1.1 404 Not Found\nwget: server returned error: HTTP/1.1 404 Not Found\n', 404],
  ])('by %s where there is nothing before it', async (program, stdout, stderr, status) => {
    const cluster = fakeCluster({
      exec: (_, [own]) => (own === program ? done(stdout, status === 404 ? 1 : 0, stderr) : null),
    })
    expect(await sendRequest(cluster, pod, ['app'], get)).toMatchObject({by: `${program} in shop/cart app`, status})
  })

  test('by the first container that can', async () => {
    const cluster = fakeCluster({exec: (container) => (container === 'tools' ? done('200') : null)})
    expect((await sendRequest(cluster, pod, ['app', 'tools'], get)).by).toBe('curl in shop/cart tools')
  })

  test('and what was said in place of an answer is kept', async () => {
    const cluster = fakeCluster({exec: () => done('000', 7, 'curl: (7) Failed to connect to a port 80\n')})
    expect(await sendRequest(cluster, pod, ['app'], get)).toMatchObject({
      status: null,
      error: 'curl: (7) Failed to connect to a port 80',
    })
  })

  test('by nobody where no program can', async () => {
    await expect(sendRequest(fakeCluster({}), pod, ['app'], get)).rejects.toThrow('no container has curl, node')
    const wgetOnly = fakeCluster({exec: (_, [program]) => (program === 'wget' ? done('') : null)})
    await expect(sendRequest(wgetOnly, pod, ['app'], {...get, method: 'POST'})).rejects.toThrow(
      'could send this request',
    )
  })

  test.each([[{headers: [['@/etc/passwd', 'x'] as const]}], [{url: '-K/etc/passwd'}], [{url: 'file:///etc/passwd'}]])(
    'not where it is no request: %j',
    async (members) => {
      const cluster = fakeCluster({exec: () => done('200')})
      await expect(sendRequest(cluster, pod, ['app'], {...get, ...members})).rejects.toThrow(
        'no request that can be sent',
      )
      expect(cluster.asked).toEqual([])
    },
  )
})
