import {setTimeout} from 'node:timers/promises'
import {UsageError} from '../errors.js'
import type {Suppositions} from '../xds/match/request.js'
import {durationMs} from './cluster-flags.js'
import {Flags} from './oclif.js'
import {renderDocument, write} from './output.js'
import {shown} from './redacted.js'
import type {TraceArgs} from './trace-request.js'
import type {TracedFlags} from './traced-mesh.js'

/** The flags that hold a trace against what a running mesh counts. */
export const verifyFlags = {
  verify: Flags.boolean({
    summary: 'Show counters of rules and Envoys before and after the request, and which hops they confirm.',
    helpGroup: 'CLUSTER',
    exclusive: ['from', 'batch', 'diff', 'why-not', 'what-if'],
  }),
  send: Flags.boolean({
    summary: 'Send the request from the client’s pod, by a program that its app’s container has.',
    dependsOn: ['verify'],
    exclusive: ['wait'],
    helpGroup: 'CLUSTER',
  }),
  wait: Flags.string({
    summary: 'Wait so long for somebody to send the request: 10s. On a terminal Enter says that it was sent.',
    helpValue: 'DURATION',
    dependsOn: ['verify'],
    helpGroup: 'CLUSTER',
  }),
}

export interface VerifyFlags extends TracedFlags {
  send?: boolean | undefined
  wait?: string | undefined
  output?: string | undefined
  jsonpath?: string | undefined
  redact: boolean
}

/** Answers `trace --verify`. @throws UsageError, SourceError */
export async function answerVerification(
  args: TraceArgs,
  flags: VerifyFlags,
  suppositions: Suppositions,
): Promise<void> {
  const {client} = args
  const {send = false, output = 'text', jsonpath, redact} = flags
  const formats = ['text', 'json', 'yaml', 'jsonl', 'tui']
  if (!formats.includes(output))
    throw new UsageError('is no form of a verification', `-o ${output}`, 'Choose text, json or yaml')
  if (client === undefined)
    throw new UsageError('needs a client in the running cluster', '--verify', 'sidetrace trace POD URL')
  const wait = send ? async () => undefined : waiting(flags.wait)
  const {verifyLive} = await import('./verify-trace.js')
  const verification = shown(await verifyLive({...args, client}, flags, suppositions, {send, wait}), redact)
  if (jsonpath === undefined && (output === 'text' || output === 'tui')) {
    const {renderVerification} = await import('../views/text/verification.js')
    return write(renderVerification(verification))
  }
  const document = {apiVersion: 'sidetrace/v1', kind: 'TraceVerification', ...verification}
  if (output === 'jsonl') return write(`${JSON.stringify(document)}\n`)
  return write(await renderDocument(document, output === 'yaml' ? 'yaml' : 'json', jsonpath))
}

/** Until Enter on a terminal, or so long. */
function waiting(duration: string | undefined): () => Promise<void> {
  if (duration !== undefined) {
    const milliseconds = durationMs(duration, '--wait')
    return () => {
      process.stderr.write(`Counters are read; send the request within ${duration}.\n`)
      return setTimeout(milliseconds)
    }
  }
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError('nobody can say when the request was sent', '--verify', 'Pass --send, or --wait DURATION')
  return askForEnter
}

async function askForEnter(): Promise<void> {
  const {createInterface} = await import('node:readline/promises')
  const terminal = createInterface({input: process.stdin, output: process.stderr})
  try {
    await terminal.question('Counters are read. Send the request now, then press Enter. ')
  } finally {
    terminal.close()
  }
}
