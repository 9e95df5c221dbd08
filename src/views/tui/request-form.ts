import type {TraceRequest} from '../../trace/request.js'
import {readRpcUrl, rpcUrl, withUrl} from '../rpc-url.js'
import {type Field, fieldOf} from './field.js'

/** The request as a form: every member that a person edits, as text. */
export interface RequestForm {
  fields: FormField[]
  /** Index of the field with the cursor. */
  focus: number
}

export interface FormField extends Field {
  name: 'url' | 'method' | 'client' | 'uid' | 'gid' | 'data' | 'header'
}

const field = (name: FormField['name'], text: string): FormField => ({name, ...fieldOf(text)})

/** A header as curl takes it: `name: value`, `name:` leaves out a line, `name;` sends an empty one. */
const headerText = ([name, value]: [string, string | null]): string =>
  value === null ? `${name}:` : value === '' ? `${name};` : `${name}: ${value}`

export function openForm(request: TraceRequest): RequestForm {
  const {client, tcp, rpc} = request
  const {method, headers} = rpc ?? request
  return {
    focus: 0,
    fields: [
      field('url', rpc ? rpcUrl(rpc) : tcp === null ? (request.url ?? '') : `tcp://${tcp.dst}`),
      ...(tcp === null ? [field('method', method ?? (rpc ? '' : 'GET'))] : [field('data', tcp.data ?? '')]),
      field('client', client.pod),
      field('uid', String(client.uid)),
      field('gid', String(client.gid)),
      ...(tcp === null ? [...headers.map((each) => field('header', headerText(each))), field('header', '')] : []),
    ],
  }
}

/** What is wrong with a field, in a few words; null where nothing is. */
export type Problems = (string | null)[]

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function readHeader(text: string): [string, string | null] | null {
  const parts = /^([^:;\s]+)(?::\s*(.*)|;)$/s.exec(text.trim())
  const name = parts?.[1]
  if (parts === null || name === undefined || !token.test(name)) return null
  const value = parts[2]
  return [name, value === undefined ? '' : value === '' ? null : value]
}

const isId = (text: string): boolean => /^\d{1,10}$/.test(text) && Number(text) <= 0xff_ff_ff_ff

function problemOf({name, text}: FormField, url: string, pods: readonly string[]): string | null {
  const rpc = readRpcUrl(url)
  switch (name) {
    case 'url':
      if (rpc !== null) return /:\d+$/.test(rpc.dst) && rpc.service !== '' ? null : 'dubbo://host:port/service'
      return /^(https?|tcp):\/\/[^\s/?#]+/i.test(text) ? null : 'a URL: http://, https:// or tcp://host:port'
    case 'method':
      return token.test(text) || (rpc !== null && text === '') ? null : 'a method, such as GET'
    case 'client':
      return pods.length === 0 || pods.includes(text) ? null : 'no such pod in this snapshot (namespace/name)'
    case 'uid':
    case 'gid':
      return isId(text) ? null : 'a number'
    case 'header':
      return text.trim() === '' || readHeader(text) !== null ? null : 'name: value'
    case 'data':
      return null
  }
}

export const problemsOf = (form: RequestForm, pods: readonly string[]): Problems =>
  form.fields.map((each) => problemOf(each, textOf(form, 'url'), pods))

const textOf = (form: RequestForm, name: FormField['name']): string =>
  form.fields.find((each) => each.name === name)?.text ?? ''

/** The request that the form asks for; members that the form does not show stay as they were. */
export function readForm(form: RequestForm, before: TraceRequest): TraceRequest {
  const url = textOf(form, 'url')
  const client = {pod: textOf(form, 'client'), uid: Number(textOf(form, 'uid')), gid: Number(textOf(form, 'gid'))}
  if (/^tcp:/i.test(url)) {
    const data = textOf(form, 'data')
    const dst = url.replace(/^tcp:\/\//i, '').replace(/\/$/, '')
    const {rpc: _, ...others} = before
    return {
      ...others,
      client,
      url: null,
      method: null,
      headers: [],
      httpVersion: null,
      tls: null,
      tcp: {dst, data: data === '' ? null : data},
    }
  }
  const headers = form.fields
    .filter((each) => each.name === 'header' && each.text.trim() !== '')
    .map((each) => readHeader(each.text))
    .filter((each) => each !== null)
  const method = textOf(form, 'method')
  const asked = withUrl(before, url)
  if (asked.rpc) {
    const rpcHeaders = headers.map(([name, value]): [string, string] => [name, value ?? ''])
    return {...asked, client, rpc: {...asked.rpc, method: method === '' ? null : method, headers: rpcHeaders}}
  }
  return {
    ...asked,
    client,
    url,
    method: method === '' ? 'GET' : method,
    headers,
    httpVersion: before.httpVersion ?? '1.1',
    // A handshake that was spelled out belongs to its URL; for another one the walk knows what the client sends.
    tls: url === before.url ? before.tls : null,
    tcp: null,
  }
}
