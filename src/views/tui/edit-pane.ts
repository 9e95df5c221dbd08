import {type Line, line, span} from '../styled.js'
import {fitLine} from '../wrap.js'
import {suggestion} from './edit.js'
import {fieldLine} from './field-line.js'
import type {FormField, Problems, RequestForm} from './request-form.js'

export interface EditProps {
  form: RequestForm
  problems: Problems
  preview: string | null
  pods: readonly string[]
  width: number
  height: number
}

const labels: Record<FormField['name'], string> = {
  url: 'URL',
  method: 'method',
  data: 'first bytes',
  client: 'client pod',
  uid: 'uid',
  gid: 'gid',
  header: 'header',
}

const hints: Partial<Record<FormField['name'], string>> = {
  header: 'name: value   (name: leaves a line out)',
  data: 'none: the client says nothing',
}

function fieldLines(field: FormField, index: number, {form, problems, pods, width}: EditProps): Line[] {
  const focused = index === form.focus
  const problem = problems[index] ?? null
  const offered = focused ? suggestion(field, pods) : ''
  const ghost = offered === '' ? (field.text === '' ? (hints[field.name] ?? '') : '') : `  -> ${offered}`
  const text = line(
    span(`${focused ? '>' : ' '} ${labels[field.name].padEnd(12)}`, focused ? 'strong' : 'dim'),
    ...fieldLine(field, focused, Math.max(10, width - 16)),
    span(ghost === '' ? '' : ` ${ghost}`, 'dim'),
  )
  return problem === null ? [text] : [text, line(span(`${' '.repeat(14)}! ${problem}`, 'warn'))]
}

/** The request as a form, and how it would end. */
export function editLines(props: EditProps): Line[] {
  const {form, preview, width, height} = props
  const blocks = form.fields.map((field, index) => fieldLines(field, index, props))
  const before = blocks.slice(0, form.focus + 1).flat().length
  const head = [line(span('Edit the request', 'strong'), span('   enter traces it, esc keeps the old one', 'dim')), []]
  const foot: Line[] = preview === null ? [] : [[], line(span('ends so: ', 'dim'), preview)]
  const room = Math.max(1, height - head.length - foot.length)
  const body = blocks.flat()
  const start = Math.max(0, before - room)
  const shown = [...head, ...body.slice(start, start + room), ...foot].slice(0, height)
  return shown.map((each) => fitLine([span(' '), ...each], width))
}
