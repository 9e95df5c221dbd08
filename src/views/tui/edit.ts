import {graphemesOf} from '../graphemes.js'
import {tellTrace} from '../story/tell-trace.js'
import {lineText} from '../styled.js'
import {fieldOf, paste, typeKey} from './field.js'
import {ask, failureText} from './history.js'
import type {KeyName} from './key.js'
import {type FormField, problemsOf, type RequestForm, readForm} from './request-form.js'
import type {State} from './state.js'
import type {World} from './world.js'

/** What the rest of a pod's name could be; empty where nothing fits. */
export function suggestion(field: FormField, pods: readonly string[]): string {
  if (field.name !== 'client' || field.text === '') return ''
  const found = pods.find((pod) => pod.startsWith(field.text)) ?? pods.find((pod) => pod.includes(field.text))
  return found === undefined || found === field.text ? '' : found
}

function withForm(state: State, form: RequestForm, world: World): State {
  const problems = problemsOf(form, world.pods)
  return {
    ...state,
    overlay: {
      kind: 'edit',
      form,
      problems,
      preview: null,
    },
  }
}

/** Whether the form says something whose end is not told yet. */
export const wantsPreview = ({overlay}: State): boolean =>
  overlay.kind === 'edit' &&
  overlay.preview === null &&
  overlay.problems.length > 0 &&
  overlay.problems.every((each) => each === null)

export const withPreview = (state: State, world: World): State =>
  state.overlay.kind === 'edit'
    ? {...state, overlay: {...state.overlay, preview: previewOf(state, state.overlay.form, world)}}
    : state

/** How the request would end: the walk is pure, so the answer stands beside the form while one types. */
function previewOf(state: State, form: RequestForm, world: World): string {
  try {
    const story = tellTrace(world.preview(readForm(form, state.request), state.edits), world.facts)
    const [first, ...others] = story.branches
    const more = others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'way' : 'ways'})`
    return first === undefined ? '' : `${lineText(first.headline)}${more}`
  } catch (error) {
    return failureText(error)
  }
}

const focusOn = (form: RequestForm, focus: number): RequestForm => ({
  ...form,
  focus: (focus + form.fields.length) % form.fields.length,
})

/** The form with a field changed; a last empty header line is always there to be filled. */
function withField(form: RequestForm, changed: FormField): RequestForm {
  const fields = form.fields.map((each, index) => (index === form.focus ? changed : each))
  const last = fields.at(-1)
  const grows = last?.name === 'header' && last.text !== ''
  return {...form, fields: grows ? [...fields, {name: 'header', ...fieldOf('')}] : fields}
}

function apply(state: State, form: RequestForm, world: World): State {
  const problems = problemsOf(form, world.pods)
  const wrong = problems.findIndex((each) => each !== null)
  if (wrong !== -1) return {...state, overlay: {kind: 'edit', form: {...form, focus: wrong}, problems, preview: null}}
  const next = ask(state, readForm(form, state.request), world)
  return next.overlay.kind === 'none' ? next : {...next, overlay: {kind: 'edit', form, problems, preview: null}}
}

export function editKey(state: State, key: KeyName, world: World): State {
  if (state.overlay.kind !== 'edit') return state
  const {form} = state.overlay
  const field = form.fields[form.focus]
  if (key === 'esc') return {...state, overlay: {kind: 'none'}}
  if (key === 'enter') return apply(state, form, world)
  if (key === 'tab' || key === 'down') return withForm(state, focusOn(form, form.focus + 1), world)
  if (key === 'shift-tab' || key === 'up') return withForm(state, focusOn(form, form.focus - 1), world)
  if (field === undefined) return state
  const offered = suggestion(field, world.pods)
  if (key === 'right' && offered !== '' && field.cursor === graphemesOf(field.text).length)
    return withForm(state, withField(form, {...field, ...fieldOf(offered)}), world)
  const typed = typeKey(field, key)
  return typed === null ? state : withForm(state, withField(form, {...field, ...typed}), world)
}

export function editPaste(state: State, text: string, world: World): State {
  if (state.overlay.kind !== 'edit') return state
  const {form} = state.overlay
  const field = form.fields[form.focus]
  return field === undefined ? state : withForm(state, withField(form, {...field, ...paste(field, text)}), world)
}
