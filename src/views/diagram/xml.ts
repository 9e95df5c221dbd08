import {printableLine} from '../printable.js'

const entities: Record<string, string> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

/** Text from anywhere, safe inside an element and inside a quoted attribute. */
export const escapeXml = (text: string): string =>
  printableLine(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)

export type Attributes = Readonly<Record<string, string | number>>

const attributesText = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('')

/** An element; `content` is XML already. */
export const element = (name: string, attributes: Attributes, content = ''): string =>
  content === ''
    ? `<${name}${attributesText(attributes)}/>\n`
    : `<${name}${attributesText(attributes)}>${content}</${name}>\n`

export interface TextStyle {
  class?: string
  size?: number
  bold?: boolean
  anchor?: 'start' | 'middle' | 'end'
}

export const text = (
  x: number,
  y: number,
  words: string,
  {class: kind = '', size = 13, bold = false, anchor = 'start'}: TextStyle = {},
): string =>
  element(
    'text',
    {
      x,
      y,
      'font-size': size,
      ...(kind === '' ? {} : {class: kind}),
      ...(bold ? {'font-weight': 700} : {}),
      ...(anchor === 'start' ? {} : {'text-anchor': anchor}),
    },
    escapeXml(words),
  )
