/** Every way in which the tool shows a snapshot: command lines without `--from`. YAML is of the same documents as JSON. */

const url = 'http://reviews:9080/reviews/0'
const proxy = ['--pod', 'productpage']
const outbound = [...proxy, '--direction', 'outbound', '--dst', '10.96.0.14:9080']
const keyed = ['-H', 'x-api-key: wrong', '-H', 'cookie: sid=wrong', '-H', 'authorization: Bearer wrongwrong1']

const inFormats = (formats: readonly string[], ...args: readonly string[]): string[][] =>
  formats.map((format) => [...args, '-o', format])

const sections = ['listeners', 'clusters', 'routes', 'secrets', 'bootstrap', 'server-info', 'rules', 'certs']

const exports = [
  ...inFormats(['json', 'yaml'], 'snapshot', 'export'),
  ...sections.map((section) => ['snapshot', 'export', ...proxy, '--section', section]),
  ['snapshot', 'export', '--jsonpath', '$..inline_string'],
  ...inFormats(['short', 'json'], 'snapshot', 'show'),
]

const tables = [
  ...['listener', 'cluster', 'route', 'endpoint', 'eds'].flatMap((resource) =>
    inFormats(['short', 'wide', 'json'], 'pc', resource, 'productpage'),
  ),
  ...['secret', 'bootstrap', 'ecds', 'all'].flatMap((resource) =>
    inFormats(['short', 'json', 'yaml'], 'pc', resource, 'productpage'),
  ),
]

const packet = ['--hook', 'path-out', '--src', '10.10.0.11', '--dst', '10.96.0.14', '--dport', '9080']

const rules = [
  ...inFormats(['short', 'json'], 'iptables', 'show', ...proxy),
  ...inFormats(['text', 'json'], 'iptables', 'check', ...proxy),
  ['iptables', 'trace', ...proxy, ...packet, '--detail', 'full'],
]

const matches = [
  ...inFormats(['text', 'json', 'yaml', 'jsonl'], 'match', ...outbound, '--detail', 'full', ...keyed, url),
  ...['redirects', 'rewrites', 'answers', 'needs-a-token'].flatMap((path) => [
    ['match', ...outbound, '-o', 'jsonl', `http://reviews:9080/${path}`],
    ...inFormats(['text', 'html'], 'trace', 'productpage', `http://reviews:9080/${path}`, '--detail', 'full'),
  ]),
  ['routes', 'who-reaches', 'ratings', ...proxy, '-o', 'text'],
  ['routes', 'who-reaches', 'ratings', ...proxy, '-o', 'json'],
  ['routes', 'shadowed', ...proxy, '-o', 'json'],
  ...inFormats(['text', 'json', 'junit'], 'test', 'sample', ...proxy),
]

const traces = [
  ...['minimal', 'full'].map((detail) => ['trace', 'productpage', url, ...keyed, '-o', 'text', '--detail', detail]),
  ...inFormats(['json', 'mermaid', 'svg', 'html'], 'trace', 'productpage', url, ...keyed),
  ...inFormats(['text', 'json'], 'trace', 'productpage', url, '--why-not', 'ratings'),
  ['trace', 'productpage', url, '--diff', 'http://reviews:9080/answers', '-o', 'json'],
  ...inFormats(['text', 'json'], 'trace', 'productpage', url, ...keyed, '--compare-interception', 'all'),
]

export const shownBy: readonly (readonly string[])[] = [...exports, ...tables, ...rules, ...matches, ...traces]
