import type {PodFacts, ServiceFacts, SnapshotDocument} from './snapshot.js'

/** Whether `pod` belongs to the object called `name` in the pod's own namespace, as far as a snapshot tells. */
export type Owns = (pod: PodFacts, name: string, document: SnapshotDocument) => boolean

/** Kubernetes appends five characters of its own to the names of pods that a controller makes. */
const withoutSuffix = (name: string): string => name.replace(/-[a-z0-9]{5}$/, '')

const label = (pod: PodFacts, name: string): string | undefined => pod.labels?.[name]

/** A Deployment's pod is called `<deployment>-<template hash>-<suffix>`, and the hash is one of its labels. */
const isOfDeployment: Owns = (pod, name) => {
  const hash = label(pod, 'pod-template-hash')
  const replicaSet = withoutSuffix(pod.name)
  return hash === undefined ? replicaSet.replace(/-[a-z0-9]{6,10}$/, '') === name : replicaSet === `${name}-${hash}`
}

const isOfReplicaSet = (pod: PodFacts, name: string): boolean => pod.name !== name && withoutSuffix(pod.name) === name

/** A StatefulSet's pods are numbered. */
const isOfStatefulSet: Owns = (pod, name) =>
  pod.name.startsWith(`${name}-`) && /^\d+$/.test(pod.name.slice(name.length + 1))

const isOfDaemonSet: Owns = (pod, name) => label(pod, 'pod-template-hash') === undefined && isOfReplicaSet(pod, name)

const isOfJob: Owns = (pod, name) => {
  const job = label(pod, 'batch.kubernetes.io/job-name') ?? label(pod, 'job-name')
  return job === undefined ? isOfReplicaSet(pod, name) : job === name
}

const isOfGateway: Owns = (pod, name) =>
  label(pod, 'gateway.networking.k8s.io/gateway-name') === name ||
  (pod.role === 'router' && label(pod, 'istio') === name)

const isBehindService: Owns = (pod, name, document) =>
  document.services.some(
    (service) => service.namespace === pod.namespace && service.name === name && serves(service, pod),
  )

function serves(service: ServiceFacts, pod: PodFacts): boolean {
  if (service.endpoints?.some((endpoint) => endpoint.pod === `${pod.namespace}/${pod.name}`)) return true
  const selector = Object.entries(service.selector ?? {})
  return selector.length > 0 && selector.every(([key, value]) => label(pod, key) === value)
}

/** The object types that a pod may be named by, with kubectl's short names. */
const owners: Record<string, {owns: Owns; aliases: string[]}> = {
  deployment: {owns: isOfDeployment, aliases: ['deployments', 'deploy']},
  statefulset: {owns: isOfStatefulSet, aliases: ['statefulsets', 'sts']},
  daemonset: {owns: isOfDaemonSet, aliases: ['daemonsets', 'ds']},
  replicaset: {owns: isOfReplicaSet, aliases: ['replicasets', 'rs']},
  job: {owns: isOfJob, aliases: ['jobs']},
  service: {owns: isBehindService, aliases: ['services', 'svc']},
  gateway: {owns: isOfGateway, aliases: ['gateways', 'gtw']},
}

/** How the pods of the object type `word` are told, or undefined where `word` is no known type. Versions (`deploy.v1.apps`) are ignored. */
export function ownerOf(word: string): Owns | undefined {
  const type = word.toLowerCase().replace(/\..*$/, '')
  const entry = Object.entries(owners).find(([name, {aliases}]) => name === type || aliases.includes(type))
  return entry?.[1].owns
}
