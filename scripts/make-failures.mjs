#!/usr/bin/env node
// Makes samples/failures/*.tar.gz: the embedded sample with one thing broken in each, as docs/debugging.md tells.
// `--check` compares what the archives hold with what would be made now, and writes nothing.
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {gunzipSync, gzipSync} from 'node:zlib'
import {extract, pack} from 'tar-stream'

const root = fileURLToPath(new URL('..', import.meta.url))
const sample = join(root, 'samples/bookinfo')
const target = join(root, 'samples/failures')

const productpage = 'default/productpage-v1-64794f5db4-8s7zq'
const ratings = 'default/ratings-v1-5997b99df9-m2k8w'
const reviews = 'default/reviews-v1-7f5f4c6f8b-2nqlk'

/** What a trace asks for; counters, logs and other listings of the same rules are left out. */
const podFiles = [
  'config_dump.json',
  'clusters.json',
  'iptables-save.txt',
  'ip-addr.json',
  'ip-route.json',
  'ip-rule.json',
  'ss-lntup.txt',
  'sysctl.txt',
]
/** A pod whose rules nft holds alone. */
const nftFiles = ['nft-ruleset.json', 'nft-ruleset.txt']
const nodeFiles = ['iptables-save.txt', 'ip-addr.json', 'ip-route.json', 'ip-rule.json', 'sysctl.txt']

const failures = [
  {
    name: 'mtls-off',
    pods: [reviews, ratings],
    notes: 'A DestinationRule for ratings says tls.mode: DISABLE; ratings takes only mTLS.',
    break: (files) => editClusters(files, reviews, ratingsClusters, ({transport_socket_matches, ...rest}) => rest),
  },
  {
    name: 'excluded-port',
    pods: [reviews, ratings],
    notes: 'reviews is annotated with excludeOutboundPorts: 9080; ratings takes only mTLS.',
    break(files) {
      editSnapshot(files, reviews, (pod) => ({
        ...pod,
        annotations: {'traffic.sidecar.istio.io/excludeOutboundPorts': '9080'},
      }))
      editText(files, reviews, 'iptables-save.txt', /^.*-A ISTIO_OUTPUT -s 127\.0\.0\.6/m, (first) =>
        [...['tcp', 'udp'].map((it) => `[0:0] -A ISTIO_OUTPUT -p ${it} -m ${it} --dport 9080 -j RETURN`), first].join(
          '\n',
        ),
      )
    },
  },
  {
    name: 'no-rules',
    pods: [productpage, reviews, ratings],
    notes: 'reviews has a sidecar, and nobody has written the rules that lead to it.',
    break: (files) => editText(files, reviews, 'iptables-save.txt', /^(:ISTIO|\[.*-A ).*\n/gm, () => ''),
  },
  {
    name: 'localhost-only',
    pods: [reviews, ratings],
    notes: 'The app of ratings listens on 127.0.0.1 alone.',
    break: (files) => editText(files, ratings, 'ss-lntup.txt', /0\.0\.0\.0:9080 {2}/g, () => '127.0.0.1:9080'),
  },
  {
    name: 'ejected-endpoint',
    pods: [reviews, ratings],
    notes: 'ratings answered with errors, and outlier detection of the client has ejected it.',
    break: (files) => eject(files, reviews, ratingsClusters),
  },
  {
    name: 'missing-subset',
    pods: [productpage],
    notes: 'The VirtualService of reviews leads jason to subset v2, which its DestinationRule no longer has.',
    break: (files) => editClusters(files, productpage, /^outbound\|9080\|v2\|reviews\./, () => null),
  },
]

const ratingsClusters = /^outbound\|9080\|[^|]*\|ratings\.default\./

/** Changes or (null) takes away clusters of a pod's Envoy. */
function editClusters(files, pod, name, change) {
  editJson(files, `pods/${pod}/config_dump.json`, (dump) => ({
    ...dump,
    configs: dump.configs.map((section) =>
      section.dynamic_active_clusters === undefined
        ? section
        : {...section, dynamic_active_clusters: editNamed(section.dynamic_active_clusters, name, change)},
    ),
  }))
}

function editNamed(entries, name, change) {
  const edited = entries.map((entry) => {
    if (!name.test(entry.cluster.name)) return entry
    const cluster = change(entry.cluster)
    return cluster === null ? null : {...entry, cluster}
  })
  if (edited.every((entry, index) => entry === entries[index])) throw new Error(`no cluster is called ${name}`)
  return edited.filter((entry) => entry !== null)
}

/** As `/clusters?format=json` shows a host that outlier detection has ejected. */
function eject(files, pod, name) {
  editJson(files, `pods/${pod}/clusters.json`, (answer) => ({
    ...answer,
    cluster_statuses: answer.cluster_statuses.map((cluster) =>
      name.test(cluster.name)
        ? {
            ...cluster,
            host_statuses: cluster.host_statuses.map((host) => ({
              ...host,
              health_status: {...host.health_status, failed_outlier_check: true},
            })),
          }
        : cluster,
    ),
  }))
}

function editSnapshot(files, pod, change) {
  editJson(files, 'snapshot.json', (document) => ({
    ...document,
    pods: document.pods.map((each) => (`${each.namespace}/${each.name}` === pod ? change(each) : each)),
  }))
}

function editJson(files, path, change) {
  files.set(path, `${JSON.stringify(change(JSON.parse(files.get(path))), null, 1)}\n`)
}

function editText(files, pod, file, pattern, change) {
  const path = `pods/${pod}/${file}`
  const edited = files.get(path).replace(pattern, change)
  if (edited === files.get(path)) throw new Error(`${path} has no ${pattern}`)
  files.set(path, edited)
}

/** The files of a failure's snapshot, by path. */
function filesOf({name, pods, notes, break: breakIt}) {
  const files = new Map([['snapshot.json', snapshotDocument(name, pods, notes)]])
  const copy = (folder, wanted) => {
    for (const file of wanted)
      if (existsSync(join(sample, folder, file)))
        files.set(`${folder}/${file}`, readFileSync(join(sample, folder, file), 'utf8'))
  }
  for (const pod of pods) copy(`pods/${pod}`, pod === ratings ? [...podFiles, ...nftFiles] : podFiles)
  copy('nodes/node1', nodeFiles)
  breakIt(files)
  return files
}

/** The sample's document with these pods alone; its notes tell of the sample, so they go. */
function snapshotDocument(name, kept, notes) {
  const {pods, services, ...rest} = JSON.parse(readFileSync(join(sample, 'snapshot.json'), 'utf8'))
  const document = {
    ...rest,
    name,
    notes,
    pods: pods.filter((pod) => kept.includes(`${pod.namespace}/${pod.name}`)).map(({notes: _said, ...pod}) => pod),
    services: services.filter(({namespace}) => namespace === 'default'),
  }
  return `${JSON.stringify(document, null, 1)}\n`
}

async function archive(name, files) {
  const tar = pack()
  for (const [path, text] of files) tar.entry({name: `${name}/${path}`, mtime: new Date(0), mode: 0o644}, text)
  tar.finalize()
  const parts = []
  for await (const part of tar) parts.push(part)
  return gzipSync(Buffer.concat(parts), {level: 9})
}

async function unpack(name, path) {
  const files = new Map()
  if (!existsSync(path)) return files
  const entries = extract()
  entries.end(gunzipSync(readFileSync(path)))
  for await (const entry of entries) {
    const parts = []
    for await (const part of entry) parts.push(part)
    files.set(entry.header.name.slice(name.length + 1), Buffer.concat(parts).toString('utf8'))
  }
  return files
}

const wanted = failures.map(({name}) => `${name}.tar.gz`)
const same = (a, b) => a.size === b.size && [...a].every(([path, text]) => b.get(path) === text)
for (const failure of failures) {
  const path = join(target, `${failure.name}.tar.gz`)
  const files = filesOf(failure)
  if (same(files, await unpack(failure.name, path))) continue
  if (process.argv.includes('--check')) {
    console.error(`${path} is not what would be made: run node scripts/make-failures.mjs`)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(path), {recursive: true})
    writeFileSync(path, await archive(failure.name, files))
  }
}
const strange = existsSync(target)
  ? readdirSync(target).filter((file) => file.endsWith('.tar.gz') && !wanted.includes(file))
  : []
for (const file of strange) {
  console.error(`samples/failures/${file} is made by nothing here`)
  process.exitCode = 1
}
