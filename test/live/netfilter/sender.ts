import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {countersOf} from '../sources/namespace.js'
import type {RandomPacket} from './random-rules.js'

/** What the kernel did with one packet: the rules that counted it, and where the probes saw it. */
export interface Answer {
  counted: string[]
  seen: {at: 'delivered' | 'left'; text: string}[]
}

export interface Sender {
  /** Takes the counters as they are now for the beginning: rules were loaded. `save`: the command that tells those of x_tables. */
  begin(save: string | null): Promise<void>
  send(packet: SentPacket): Promise<Answer>
  end(): void
}

export interface SentPacket extends Omit<RandomPacket, 'proto'> {
  proto: 'tcp' | 'udp' | 'gre'
  version: 4 | 6
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
  let save: string | null = null
  const ask = async (request: object): Promise<Listed> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    return listed(await read())
  }
  if ((await read()) !== 'ready') throw new Error('the sender did not start')
  return {
    begin: async (command) => {
      save = command
      before = (await ask({hook: 'none', save})).counters
    },
    send: async (packet) => {
      const {counters, seen} = await ask({...packet, save})
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
  rule?: {family: string; table: string; chain: string; expr: {counter?: {packets: number}}[]}
  set?: {
    table: string
    name: string
    elem?: {elem?: {val: {concat: (string | number)[]}}; concat?: (string | number)[]}[]
  }
}

function listed(answer: unknown): Listed {
  // Gate: the sender's own answer.
  const {nft, saved} = answer as {nft: {nftables: NftObject[]}; saved: string}
  const counters = countersOf(saved)
  const numbers = new Map<string, number>()
  const seen: Answer['seen'] = []
  for (const {rule, set} of nft.nftables) {
    if (rule && rule.table !== 'probe') {
      const native = !/^(raw|mangle|nat|filter)$/.test(rule.table)
      const chain = `${native ? `${rule.family} ` : ''}${rule.table}:${rule.chain}`
      const number = (numbers.get(chain) ?? 0) + 1
      numbers.set(chain, number)
      counters.set(`${chain}:rule:${number}`, rule.expr.find(({counter}) => counter)?.counter?.packets ?? 0)
    }
    for (const element of set?.table === 'probe' ? (set.elem ?? []) : []) {
      const [src, sport, dst, dport, mark] = element.concat ?? element.elem?.val.concat ?? []
      const at = set?.name.startsWith('delivered') ? 'delivered' : 'left'
      seen.push({at, text: `${src} ${sport} > ${dst} ${dport} mark ${mark}`})
    }
  }
  return {counters, seen}
}
