import type {PassedOver, Step} from '../../decision/step.js'
import {candidateMark, candidateName, sayBecause, sayFails} from '../story/check.js'
import {trialOf} from '../story/trial.js'
import {type Line, line, span, type Tone} from '../styled.js'
import {shorten} from '../wrap.js'
import {hanging, margin} from './layout.js'

const marks: Record<ReturnType<typeof candidateMark>, {word: string; tone: Tone}> = {
  no: {word: 'no  ', tone: 'dim'},
  late: {word: 'late', tone: 'dim'},
  unsure: {word: '??  ', tone: 'warn'},
}

function candidateText(passed: PassedOver, number: number, width: number): Line[] {
  const mark = marks[candidateMark(passed)]
  const name = shorten(candidateName(passed), 34).padEnd(20)
  const lead = line(span(`${' '.repeat(margin)}${String(number).padStart(3)} ${mark.word}`, mark.tone))
  return hanging(lead, line(span(`${name} `), span(sayFails(passed.check), 'dim')), margin + 9, width)
}

/** Every candidate in the order of trial, the winner among them. */
export function candidatesText(step: Step, width: number): Line[] {
  const {before, after} = trialOf(step)
  if (step.passedOver.length === 0) return []
  const because = sayBecause(step.because)
  const winner = line(span(`${' '.repeat(margin - 2)}> ${String(before.length + 1).padStart(3)} yes `, 'good'))
  const chosen =
    step.decided === null
      ? []
      : hanging(winner, line(span(`${step.decided.padEnd(20)} `, 'name'), because ?? ''), margin + 9, width)
  return [
    ...before.flatMap((passed, index) => candidateText(passed, index + 1, width)),
    ...chosen,
    ...after.flatMap((passed, index) => candidateText(passed, before.length + index + 2, width)),
  ]
}
