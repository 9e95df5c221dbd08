const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39
const isExponent = (byte: number | undefined): boolean => byte === 0x65 || byte === 0x45

const [TRUE, FALSE, NULL] = ['true', 'false', 'null'].map((text) => new TextEncoder().encode(text))

/** Is what stands from `from` to `to` a number, `true`, `false` or `null` of JSON? */
export function isScalar(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from]
  if (first === TRUE?.[0]) return stands(TRUE, bytes, from, to)
  if (first === FALSE?.[0]) return stands(FALSE, bytes, from, to)
  return first === NULL?.[0] ? stands(NULL, bytes, from, to) : isNumber(bytes, from, to)
}

function stands(literal: Uint8Array | undefined, bytes: Uint8Array, from: number, to: number): boolean {
  if (literal === undefined || literal.length !== to - from) return false
  for (let i = 1; i < literal.length; i++) if (bytes[from + i] !== literal[i]) return false
  return true
}

/** `-? (0 | [1-9] digits*) (. digits+)? ([eE] [+-]? digits+)?` */
function isNumber(bytes: Uint8Array, from: number, to: number): boolean {
  let i = bytes[from] === MINUS ? from + 1 : from
  const whole = i
  while (i < to && isDigit(bytes[i])) i++
  if (i === whole || (bytes[whole] === ZERO && i > whole + 1)) return false
  if (i < to && bytes[i] === POINT) {
    const fraction = ++i
    while (i < to && isDigit(bytes[i])) i++
    if (i === fraction) return false
  }
  if (i < to && isExponent(bytes[i])) {
    i++
    if (i < to && (bytes[i] === PLUS || bytes[i] === MINUS)) i++
    const exponent = i
    while (i < to && isDigit(bytes[i])) i++
    if (i === exponent) return false
  }
  return i === to
}
