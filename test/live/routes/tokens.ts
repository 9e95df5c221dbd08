import {createHmac} from 'node:crypto'

const secret = 'a secret of the live test'
const encode = (value: string | Buffer): string => Buffer.from(value).toString('base64url')

/** Keys that the connection managers check tokens with. */
export const keySet = JSON.stringify({keys: [{kty: 'oct', alg: 'HS256', kid: 'k', k: encode(secret)}]})

/** A token with these claims, rightly signed. */
export function token(claims: Record<string, unknown>): string {
  const body = `${encode(JSON.stringify({alg: 'HS256', kid: 'k', typ: 'JWT'}))}.${encode(JSON.stringify(claims))}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}
