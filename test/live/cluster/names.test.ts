import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import type {Cluster} from '../../../src/sources/kubernetes/cluster.js'
import {connectCluster} from '../../../src/sources/kubernetes/connect.js'
import {findClusterPod, findClusterPods, selectPods} from '../../../src/sources/kubernetes/find-pods.js'
import {failureOf} from './failure.js'
import {kubeconfigOf} from './lab.js'
import {makeWorkloads} from './workloads.js'

describe.skipIf(inject('withoutLab') !== null)('a pod of a real cluster is found', () => {
  let cluster: Cluster
  beforeAll(async () => {
    makeWorkloads()
    cluster = await connectCluster({kubeconfig: kubeconfigOf('admin')})
  })
  afterAll(() => cluster?.close())

  it.each([
    ['sts-0.names', /^sts-0$/],
    ['pod/sts-1.names', /^sts-1$/],
    ['po/sts-1.names', /^sts-1$/],
    ['names/sts-1', /^sts-1$/],
    ['deploy/deploy.names', /^deploy-[a-z0-9]+-[a-z0-9]{5}$/],
    ['deployments.apps/deploy.names', /^deploy-[a-z0-9]+-[a-z0-9]{5}$/],
    ['sts/sts.names', /^sts-[01]$/],
    ['statefulset/sts.names', /^sts-[01]$/],
    ['ds/ds.names', /^ds-[a-z0-9]{5}$/],
    ['rs/rs.names', /^rs-[a-z0-9]{5}$/],
    ['job/job.names', /^job-[a-z0-9]{5}$/],
    ['svc/svc.names', /^sts-[01]$/],
    ['gateway/edge.names', /^edge-pod$/],
    ['dotted.name.names', /^dotted\.name$/],
    ['edge.names', /^edge-pod$/],
  ])('by %s', async (name, expected) => {
    const {namespace, name: found, object} = await findClusterPod(cluster, name)
    expect([namespace, object === null]).toEqual(['names', false])
    expect(found).toMatch(expected)
  })

  it('with the namespace of a flag, over which a dot goes', async () => {
    expect((await findClusterPod(cluster, 'sts-0', 'names')).name).toBe('sts-0')
    expect((await findClusterPod(cluster, 'dotted.name', 'names')).name).toBe('dotted.name')
    expect((await findClusterPod(cluster, 'sts-0.names', 'default')).namespace).toBe('names')
  })

  it('and all of a workload, or with labels, are found', async () => {
    expect((await findClusterPods(cluster, 'sts/sts.names')).map(({name}) => name).sort()).toEqual(['sts-0', 'sts-1'])
    expect((await selectPods(cluster, 'names', 'name in (sts,rs)')).length).toBe(3)
    expect((await selectPods(cluster, null, 'name=ds')).map(({namespace}) => namespace)).toEqual(['names'])
  })

  it.each([
    ['nobody.names', 'no pod nobody in namespace names'],
    ['sts-2.names', 'no pod sts-2 in namespace names'],
    ['deploy/nobody.names', 'no deployment nobody in namespace names'],
    ['svc/outside.names', 'selects no pods'],
    ['gateway/none.names', 'has no pods'],
  ])('or it is said what is not there: %s', async (name, what) => {
    const {exit, failure} = await failureOf(findClusterPod(cluster, name))
    expect([exit, failure.what]).toEqual([69, what])
  })

  it('with near names where there are some', async () => {
    expect((await failureOf(findClusterPod(cluster, 'sts-2.names'))).failure.hint).toMatch(/Did you mean names\/sts-/)
  })
})
