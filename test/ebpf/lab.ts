import {readdirSync, readFileSync} from 'node:fs'
import type {Interception} from '../../src/ebpf/interception.js'
import {type BpftoolFiles, readInterception} from '../../src/ebpf/parse/read-interception.js'

const fixtures = new URL('../fixtures/ebpf/', import.meta.url)

export const fixtureText = (path: string): string => readFileSync(new URL(path, fixtures), 'utf8')

/** The files of one or several folders of a recording; the later ones stand over the earlier ones. */
export function recordedFiles(...folders: string[]): BpftoolFiles {
  const where = new Map(
    folders.flatMap((folder) => readdirSync(new URL(`${folder}/`, fixtures)).map((name) => [name, folder] as const)),
  )
  return {
    text: (file) => (where.has(file) ? fixtureText(`${where.get(file)}/${file}`) : null),
    names: () => [...where.keys()].sort(),
  }
}

export function recordedInterception(...folders: string[]): Interception {
  const found = readInterception(recordedFiles(...folders))
  if (found === null) throw new Error(`no programs are listed in ${folders.join(', ')}`)
  return found
}

type Address = [string, number]

/** A line of the recording: what a program of the rig saw. */
export interface Seen {
  ev?: 'start' | 'CASE' | 'accept' | 'upstream' | 'upstream-fail' | 'no-orig-dst' | 'app-accept' | 'dns'
  case?: string
  who?: string
  proto?: 'tcp' | 'udpc' | 'udps'
  to?: Address
  uid?: number
  gid?: number
  getsockname?: Address
  getpeername?: Address
  reply?: string
  from?: Address
  err?: string | null
  listener?: number
  peer?: Address
  local?: Address
  orig_dst?: Address | null
}

/** One call of the rig's client, with everything that was seen of it. */
export interface Call {
  name: string
  /** What the client saw; null for one that was left open. */
  client: Seen | null
  seen: Seen[]
}

/** The calls of a recording, in order. */
export function recordedCalls(run: string): Call[] {
  const calls: Call[] = []
  let open: Call | null = null
  for (const line of fixtureText(`${run}/truth-log.jsonl`).trim().split('\n')) {
    const seen: Seen = JSON.parse(line)
    if (seen.ev === 'start') continue
    if (seen.ev === 'CASE' || open === null || open.client !== null) {
      if (open === null || seen.ev === 'CASE' || open.client !== null) {
        open = {name: seen.case ?? '', client: null, seen: []}
        calls.push(open)
      }
      if (seen.ev === 'CASE') continue
    }
    if (seen.ev === undefined) open.client = seen
    else open.seen.push(seen)
  }
  return calls
}
