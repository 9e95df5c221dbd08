// What a big rule table costs to read, beside splitting its text into lines and words.
import {table} from './process.mjs'

/** kube-proxy's nat table for `count` rules: a chain of two endpoints for each service. */
function kubeProxyTable(count) {
  const [chains, rules] = [[], []]
  for (let service = 0; rules.length < count; service++) {
    const ip = `10.${96 + (service >> 16)}.${(service >> 8) & 255}.${service & 255}`
    const endpoint = `10.244.${(service >> 8) & 255}.${service & 255}`
    const id = service.toString(36).toUpperCase().padStart(16, 'A')
    chains.push(`:KUBE-SVC-${id} - [0:0]`, `:KUBE-SEP-${id} - [0:0]`)
    rules.push(
      `-A KUBE-SERVICES -d ${ip}/32 -p tcp -m comment --comment "team/service-${service}:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-${id}`,
      `-A KUBE-SVC-${id} ! -s 10.244.0.0/16 -d ${ip}/32 -p tcp -m comment --comment "team/service-${service}:http cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
      `-A KUBE-SVC-${id} -m comment --comment "team/service-${service}:http -> ${endpoint}:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-${id}`,
      `-A KUBE-SEP-${id} -s ${endpoint}/32 -m comment --comment "team/service-${service}:http" -j KUBE-MARK-MASQ`,
      `-A KUBE-SEP-${id} -p tcp -m comment --comment "team/service-${service}:http" -m tcp -j DNAT --to-destination ${endpoint}:8080`,
    )
  }
  const own = [':PREROUTING ACCEPT [0:0]', ':KUBE-SERVICES - [0:0]', ':KUBE-MARK-MASQ - [0:0]']
  return ['*nat', ...own, ...chains, '-A PREROUTING -j KUBE-SERVICES', ...rules, 'COMMIT', ''].join('\n')
}

/** CPU milliseconds of a call. */
function cpuOf(call) {
  const before = process.cpuUsage()
  call()
  const {user, system} = process.cpuUsage(before)
  return (user + system) / 1000
}

/** A packet to one of the services, which meets every rule of KUBE-SERVICES before its own, on its way through the table. */
const packet = {
  proto: 'tcp',
  src: '10.244.9.9',
  sport: 40000,
  dst: '10.96.1.1',
  dport: 80,
  in: 'eth0',
  out: null,
  ctstate: 'NEW',
}

/** Prints the least of each in `rounds` rounds, measured in turns. */
export async function rulesCost(rounds) {
  const {parseRules, evaluate} = await import('../dist/index.js')
  const text = kubeProxyTable(50_000)
  const parse = () => parseRules(text, {origin: 'kube-proxy'})
  const calls = [
    ['split into lines and words', () => text.split('\n').map((line) => line.split(' '))],
    ['parse', parse],
    ['parse, trace a packet', () => evaluate([parse()], {}, 'prerouting', packet)],
    [
      'parse, read every rule',
      () => {
        for (const {chains} of parse().tables)
          for (const {rules} of chains) for (const rule of rules) void rule.statements
      },
    ],
  ]
  const rows = Array.from({length: rounds + 1}, () => calls.map(([, call]) => cpuOf(call)))
  const costs = calls.map((_, index) => Math.min(...rows.map((row) => row[index])))
  console.log(
    `\nA kube-proxy table of 50,000 rules, ${(text.length / 1e6).toFixed(1)} MB, least CPU time of ${rounds + 1} rounds.\n` +
      'Parsed are tables, chains, and which rule stands where; the words of a rule are read when a packet or a view comes to it.\n',
  )
  console.log(
    table([
      ['', 'cpu ms', '/ split'],
      ...calls.map(([name], index) => [name, costs[index].toFixed(0), (costs[index] / costs[0]).toFixed(2)]),
    ]),
  )
}
