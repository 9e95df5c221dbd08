import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import type {RandomPacket} from './random-rules.js'

/** What the kernel did with one packet: the rules that counted it, and where the probes saw it. */
export interface Answer {
  counted: string[]
  seen: {at: 'delivered' | 'left'; text: string}[]
}

export interface Sender {
  /** Takes the counters as they are now for the beginning: rules were loaded. */
  begin(): Promise<void>
  send(packet: RandomPacket): Promise<Answer>
  end(): void
}

interface Listed {
  counters: Map<string, number>
  seen: Answer['seen']
}

/** Starts the sender in a namespace. */
export async function openSender(pid: number, script: string, mac: string): Promise<Sender> {
  const child = spawn('nsenter', ['-t', String(pid), '-n', '--', 'python3', script, mac], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
  const read = async (): Promise<unknown> => {
    const {value, done} = await lines.next()
    if (done) throw new Error('the sender ended')
    return JSON.parse(String(value))
  }
  let before = new Map<string, number>()
  const ask = async (request: object): Promise<Listed> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    return listed(await read())
  }
  if ((await read()) !== 'ready') throw new Error('the sender did not start')
  return {
    begin: async () => {
      before = (await ask({hook: 'none'})).counters
    },
    send: async (packet) => {
      const {counters, seen} = await ask(packet)
      const counted = [...counters].flatMap(([name, packets]) =>
        new Array<string>(packets - (before.get(name) ?? 0)).fill(name),
      )
      before = counters
      return {counted, seen}
    },
    end: () => child.kill('SIGKILL'),
  }
}

/** The parts of nft's JSON that are read here. */
interface NftObject {
  rule?: {table: string; chain: string; expr: {counter?: {packets: number}}[]}
  set?: {name: string; elem?: {elem?: {val: {concat: (string | number)[]}}; concat?: (string | number)[]}[]}
}

function listed(document: unknown): Listed {
  const {nftables} = document as {nftables: NftObject[]}
  const counters = new Map<string, number>()
  const numbers = new Map<string, number>()
  const seen: Answer['seen'] = []
  for (const {rule, set} of nftables) {
    if (rule && rule.table !== 'probe') {
      const chain = `${rule.table}:${rule.chain}`
      const number = (numbers.get(chain) ?? 0) + 1
      numbers.set(chain, number)
      counters.set(`${chain}:rule:${number}`, rule.expr.find(({counter}) => counter)?.counter?.packets ?? 0)
    }
    for (const element of set?.elem ?? []) {
      const [src, sport, dst, dport, mark] = element.concat ?? element.elem?.val.concat ?? []
      const at = set?.name === 'delivered' ? 'delivered' : 'left'
      seen.push({at, text: `${src}:${sport} > ${dst}:${dport} mark ${mark}`})
    }
  }
  return {counters, seen}
}
