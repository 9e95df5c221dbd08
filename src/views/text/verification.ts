import type {Verdict, Verification, VerifiedBranch, VerifiedHop} from '../../trace/verify/verification.js'
import {printableLine} from '../printable.js'
import {sharePercent} from '../story/share.js'

const marks: Record<Verdict, string> = {confirmed: 'yes', contradicted: 'NO', 'not observable': '?'}

/** As the verification says it of hops behind the parting of the ways. */
const anotherWay = 'the request went another way'

const taken: Record<VerifiedBranch['taken'], string> = {
  yes: 'taken',
  no: 'not taken',
  unknown: 'nobody can tell whether it was taken',
}

/** A trace held against the counters, a line for each hop with what moved. */
export function renderVerification({verdict, sent, branches, warnings, request}: Verification): string {
  const asked = `${request.method ?? 'TCP'} ${request.url ?? request.tcp?.dst ?? ''} from ${request.client.pod}`
  const by = sent === null ? 'sent by somebody else' : `sent by ${sent.by}: ${sent.status ?? sent.error ?? 'no answer'}`
  const lines = [
    asked,
    by,
    '',
    `${verdict.toUpperCase()}`,
    ...branches.flatMap(branchLines),
    ...(warnings.length > 0 ? ['', ...warnings.map((text) => `not read: ${text}`)] : []),
  ]
  return `${lines.map((line) => printableLine(line).trimEnd()).join('\n')}\n`
}

function branchLines({probability, outcome, taken: was, hops}: VerifiedBranch): string[] {
  const end = [outcome.kind, outcome.status, outcome.by?.pod ?? outcome.by?.address].filter((part) => part != null)
  const head = `${sharePercent(probability)} ${end.join(' ')}: ${taken[was]}`
  // Of a way that chance did not choose the hop tells that shows it.
  const parting = hops.find(({reason}) => reason === anotherWay)
  return ['', head, ...(parting === undefined ? hops : [{...parting, reason: null}]).flatMap(hopLines)]
}

function hopLines({verdict, place, passage, at, evidence, reason}: VerifiedHop): string[] {
  const what = [place, passage].filter((part) => part !== null).join(' ')
  const head = `  ${marks[verdict].padEnd(4)}${what.padEnd(22)}${at ?? ''}`
  const told = evidence.map(({counter, before, after}) => `        ${counter}: ${before} > ${after}`)
  return [head, ...told, ...(reason === null ? [] : [`        ${reason}`])]
}
