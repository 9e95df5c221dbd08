import {describe, expect, test} from 'vitest'
import {SourceError, UsageError} from '../../src/errors.js'
import {findPod, podId} from '../../src/snapshot/pod-name.js'
import type {PodFacts, SnapshotDocument} from '../../src/snapshot/snapshot.js'

const deployed = (name: string, hash: string, end: string, namespace = 'default'): PodFacts => ({
  namespace,
  name: `${name}-${hash}-${end}`,
  labels: {app: name.replace(/-v\d$/, ''), 'pod-template-hash': hash},
})

const document: SnapshotDocument = {
  apiVersion: 'sidetrace/v1',
  kind: 'Snapshot',
  pods: [
    deployed('productpage-v1', '64794f5db4', '8s7zq'),
    deployed('reviews-v1', '7f5f4c6f8b', '2nqlk'),
    deployed('reviews-v1', '7f5f4c6f8b', 'zzzzz'),
    deployed('reviews-v2', '6b5667f655', 'p9hxv'),
    {namespace: 'default', name: 'web-0'},
    {namespace: 'default', name: 'web-1'},
    {namespace: 'other', name: 'web-0'},
    {namespace: 'other', name: 'node-agent-x8f2k', labels: {'controller-revision-hash': 'abc'}},
    {namespace: 'other', name: 'import-7bq5x', labels: {'job-name': 'import'}},
    {namespace: 'other', name: 'a.dotted.pod'},
    {
      namespace: 'istio-system',
      name: 'istio-ingressgateway-7c5cd8f5d9-kzv4r',
      role: 'router',
      labels: {istio: 'ingressgateway', 'pod-template-hash': '7c5cd8f5d9'},
    },
  ],
  services: [
    {namespace: 'default', name: 'reviews', selector: {app: 'reviews'}},
    {namespace: 'default', name: 'front', selector: {app: 'productpage'}},
    {namespace: 'other', name: 'web', endpoints: [{ip: '10.0.0.1', pod: 'other/web-0'}]},
  ],
  nodes: [],
}

const found = (name: string): string => podId(findPod(document, name))

const failure = (name: string): SourceError | UsageError => {
  try {
    findPod(document, name)
  } catch (error) {
    if (error instanceof SourceError || error instanceof UsageError) return error
    throw error
  }
  throw new Error(`${name} was found`)
}

describe('a pod is found by', () => {
  test.each([
    ['its name', 'productpage-v1-64794f5db4-8s7zq', 'default/productpage-v1-64794f5db4-8s7zq'],
    ['a unique prefix of its name', 'productpage', 'default/productpage-v1-64794f5db4-8s7zq'],
    ['name.namespace', 'web-0.other', 'other/web-0'],
    ['prefix.namespace', 'istio-ing.istio-system', 'istio-system/istio-ingressgateway-7c5cd8f5d9-kzv4r'],
    ['namespace/name', 'other/web-0', 'other/web-0'],
    ['namespace/prefix', 'other/we', 'other/web-0'],
    ['pod/name', 'pod/web-1', 'default/web-1'],
    ['po/name.namespace', 'po/web-0.other', 'other/web-0'],
    ['a name with dots', 'a.dotted.pod', 'other/a.dotted.pod'],
    ['a name with dots and its namespace', 'a.dotted.pod.other', 'other/a.dotted.pod'],
    ['its deployment', 'deploy/productpage-v1', 'default/productpage-v1-64794f5db4-8s7zq'],
    ['its deployment, the first of equal ones', 'deployment/reviews-v1', 'default/reviews-v1-7f5f4c6f8b-2nqlk'],
    ['its deployment with API group', 'deployments.apps/reviews-v2', 'default/reviews-v2-6b5667f655-p9hxv'],
    ['its replica set', 'rs/reviews-v2-6b5667f655', 'default/reviews-v2-6b5667f655-p9hxv'],
    ['its stateful set, of namespace default first', 'sts/web', 'default/web-0'],
    ['its stateful set and namespace', 'statefulset/web.other', 'other/web-0'],
    ['its daemon set', 'ds/node-agent', 'other/node-agent-x8f2k'],
    ['its job', 'job/import', 'other/import-7bq5x'],
    ['its service’s selector', 'svc/front', 'default/productpage-v1-64794f5db4-8s7zq'],
    ['its service’s endpoints', 'svc/web.other', 'other/web-0'],
    ['its gateway', 'gateway/ingressgateway', 'istio-system/istio-ingressgateway-7c5cd8f5d9-kzv4r'],
  ])('%s', (_, name, pod) => expect(found(name)).toBe(pod))

  test('its name in namespace default before the same name elsewhere', () =>
    expect(found('web-0')).toBe('default/web-0'))
})

describe('a pod that is not there', () => {
  test('is missing input, and the nearest name is suggested', () => {
    const error = failure('produtpage')
    expect(error.exit).toBe(66)
    expect(error.failure.hint).toBe('Did you mean default/productpage-v1-64794f5db4-8s7zq?')
  })

  test('is suggested in the namespace where it is', () =>
    expect(failure('reviews-v2.istio-system').failure.hint).toContain('default/reviews-v2'))

  test('with a name near to none gets the list of those that are', () =>
    expect(failure('quite-another-thing').failure.hint).toMatch(/^It holds default\/productpage/))

  test.each(['deploy/nothing', 'other/nothing', '', 'default/', '/'])('%j is refused', (name) =>
    expect(failure(name)).toBeInstanceOf(SourceError),
  )

  test('a deployment is not its prefix', () => expect(failure('deploy/reviews').exit).toBe(66))
})

describe('a name of several pods', () => {
  test('lists them', () => {
    const error = failure('reviews')
    expect(error.exit).toBe(2)
    expect(error.failure.hint).toContain('default/reviews-v1-7f5f4c6f8b-2nqlk')
    expect(error.failure.hint).toContain('default/reviews-v2-6b5667f655-p9hxv')
  })

  test('a service before different workloads is ambiguous', () => expect(failure('svc/reviews').exit).toBe(2))
})
