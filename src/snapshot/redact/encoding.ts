/** Text of standard base64, or null where it is none or holds no text. */
export function decodeBase64(text: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    return null
  }
}

export const encodeBase64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''))

const snakeNames = new Map<string, string>()

/** `privateKey` -> `private_key`, proto's name of a member; names in other spellings stay. */
export function snakeCase(name: string): string {
  let snake = snakeNames.get(name)
  if (snake === undefined) {
    snake = /^[a-z][A-Za-z0-9]*$/.test(name) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name
    if (snakeNames.size < 10_000) snakeNames.set(name, snake)
  }
  return snake
}

/** The step of a JSONPath to a member. */
export const memberStep = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `['${name.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}']`

/** The member of proto name `name`, in either spelling; undefined where there is none. */
export function protoMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const entries: [string, unknown][] = Object.entries(value)
  return entries.find(([member]) => snakeCase(member) === name)?.[1]
}
