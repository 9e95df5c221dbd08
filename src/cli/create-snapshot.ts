import {existsSync} from 'node:fs'
import {UsageError} from '../errors.js'
import type {Redaction} from '../snapshot/redact.js'
import type {CaptureFailure} from '../snapshot/snapshot.js'
import {captureFiles, type Earlier, earlierOf} from '../sources/capture/capture-files.js'
import {openSnapshot} from '../sources/open-snapshot.js'
import {writeSnapshot} from '../sources/write-snapshot.js'
import {renderRedactions} from '../views/snapshot/redactions.js'
import {type CaptureFlags, openCapture} from './capture-source.js'
import {durationMs} from './cluster-flags.js'
import {startProgress} from './progress.js'

interface CreateFlags extends CaptureFlags {
  out: string
  force: boolean
  resume: boolean
  'no-redact': boolean
  concurrency: number
}

/** Captures what names and flags mean, and writes it. @throws UsageError, SourceError when nothing could be captured or written */
export async function createSnapshot(
  names: readonly string[],
  flags: CreateFlags,
  warn: (text: string) => void,
): Promise<void> {
  const {out, resume, concurrency} = flags
  const redact = !flags['no-redact']
  checkOut(out)
  const earlier = resume && existsSync(out) ? await openEarlier(out, redact) : undefined
  const {capture, close} = await openCapture(names, flags, warn)
  const terminal = process.stderr.isTTY === true
  const progress = startProgress({
    what: 'places',
    total: capture.places.length,
    terminal,
    write: (text) => process.stderr.write(text),
    clock: () => performance.now(),
  })
  const report: Redaction[] = []
  const failures: CaptureFailure[] = []
  try {
    const files = captureFiles(capture, {
      redact,
      concurrency,
      capturedAt: new Date().toISOString(),
      ...(flags.timeout === undefined ? {} : {timeoutMs: durationMs(flags.timeout)}),
      earlier,
      onPlace: (_, failed) => {
        failures.push(...failed)
        progress.step(failed.length > 0)
      },
      onRedacted: (redactions) => report.push(...redactions),
    })
    await writeSnapshot(out, files, {force: flags.force || earlier !== undefined, secret: !redact})
  } finally {
    progress.end()
    await close()
  }
  for (const {place, wanted, reason} of failures) warn(`${place}: ${wanted} was not captured: ${reason}`)
  process.stderr.write(renderRedactions(report))
}

function checkOut(out: string): void {
  if (/\.(?:tar|zip|gz|xz|7z|json)$/.test(out) && !out.endsWith('.tar.gz'))
    throw new UsageError('is no form that can be written', `--out ${out}`, 'Pass a folder or FILE.tar.gz')
}

/** What was captured with its secrets cannot be kept where they are to be left out, and the other way round. */
async function openEarlier(out: string, redact: boolean): Promise<Earlier> {
  const snapshot = await openSnapshot(out)
  if ((snapshot.document.redacted ?? true) !== redact)
    throw new UsageError(
      redact ? 'holds secrets' : 'holds no secrets any more',
      `--out ${out}`,
      `Continue it ${redact ? 'with' : 'without'} --no-redact, or begin anew with --force`,
    )
  return earlierOf(snapshot)
}
