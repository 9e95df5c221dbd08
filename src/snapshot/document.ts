import {DataError} from '../errors.js'
import {FieldReader} from './field-reader.js'
import type {
  CaptureFailure,
  ContainerFacts,
  NodeFacts,
  OutsideHost,
  PodFacts,
  ServiceEndpoint,
  ServiceFacts,
  ServicePort,
  SnapshotDocument,
} from './snapshot.js'

/** The hint for a `--from` that is something else. */
export const whatToPass = 'Pass a snapshot folder, a .tar.gz of one, or the word sample'

/**
 * Reads the text of a `snapshot.json`. Members that are null count as absent; unknown members are left out.
 * @param origin the file's name for messages
 * @throws DataError when it is not JSON, another kind of document, or a member has the wrong type (its place is named)
 */
export function parseSnapshotDocument(text: string, origin: string): SnapshotDocument {
  const root = new FieldReader(parseJson(text, origin), '$', origin)
  checkKind(root, origin)
  return root.compact({
    apiVersion: 'sidetrace/v1' as const,
    kind: 'Snapshot' as const,
    capturedAt: root.text('capturedAt'),
    name: root.text('name'),
    pods: root.list('pods', pod) ?? [],
    services: root.list('services', service) ?? [],
    nodes: root.list('nodes', node) ?? [],
    hosts: root.map('hosts', (value) => value.textOrTexts()),
    outside: root.list('outside', outsideHost),
    failures: root.list('failures', failure),
    redacted: root.flag('redacted'),
    notes: root.text('notes'),
  })
}

function parseJson(text: string, origin: string): unknown {
  if (text.trim() === '') throw new DataError('is empty', origin, whatToPass)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DataError('is not JSON', origin, whatToPass, {cause: error})
  }
}

function checkKind(root: FieldReader, origin: string): void {
  const version = root.text('apiVersion')
  const kind = root.text('kind')
  if (kind !== 'Snapshot') throw new DataError(`is ${kind ?? 'JSON'}, not a Snapshot`, origin, whatToPass)
  if (version !== 'sidetrace/v1')
    throw new DataError(`has apiVersion ${version ?? '(none)'}; this program reads sidetrace/v1`, origin)
}

const pod = (raw: FieldReader): PodFacts =>
  raw.compact({
    namespace: raw.pathName('namespace'),
    name: raw.pathName('name'),
    ip: raw.text('ip'),
    node: raw.text('node'),
    serviceAccount: raw.text('serviceAccount'),
    labels: raw.map('labels', (value) => value.asText()),
    annotations: raw.map('annotations', (value) => value.asText()),
    containers: raw.list('containers', container),
    sidecar: raw.flag('sidecar'),
    role: raw.text('role'),
    proxyUid: raw.numberOrNull('proxyUid'),
    proxyGid: raw.numberOrNull('proxyGid'),
    appUid: raw.numberOrNull('appUid'),
    interceptionMode: raw.text('interceptionMode'),
    rulesFrom: raw.text('rulesFrom'),
    notes: raw.text('notes'),
  })

const container = (raw: FieldReader): ContainerFacts =>
  raw.compact({name: raw.requiredText('name'), ports: raw.list('ports', (port) => port.asNumber())})

const service = (raw: FieldReader): ServiceFacts =>
  raw.compact({
    namespace: raw.pathName('namespace'),
    name: raw.pathName('name'),
    clusterIP: raw.text('clusterIP'),
    ports: raw.list('ports', servicePort),
    selector: raw.map('selector', (value) => value.asText()),
    endpoints: raw.list('endpoints', serviceEndpoint),
  })

const servicePort = (raw: FieldReader): ServicePort =>
  raw.compact({
    name: raw.text('name'),
    port: raw.requiredNumber('port'),
    targetPort: raw.textOrNumber('targetPort'),
    protocol: raw.text('protocol'),
  })

const serviceEndpoint = (raw: FieldReader): ServiceEndpoint =>
  raw.compact({
    ip: raw.requiredText('ip'),
    pod: raw.text('pod'),
    ports: raw.list('ports', (port) => port.asNumber()),
  })

const node = (raw: FieldReader): NodeFacts =>
  raw.compact({name: raw.pathName('name'), ip: raw.text('ip'), rulesFrom: raw.text('rulesFrom')})

const outsideHost = (raw: FieldReader): OutsideHost =>
  raw.compact({
    name: raw.pathName('name'),
    ip: raw.text('ip'),
    ips: raw.list('ips', (value) => value.asText()),
    notes: raw.text('notes'),
  })

const failure = (raw: FieldReader): CaptureFailure => ({
  place: raw.requiredText('place'),
  wanted: raw.requiredText('wanted'),
  reason: raw.requiredText('reason'),
})
