import {remembered} from './remembered.js'

/** Words of a name, in lower case: `xApi-Key_id` -> x, api, key, id. Plurals of telling words lose their s. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => (word.endsWith('s') && telling.has(word.slice(0, -1)) ? word.slice(0, -1) : word))

/** A name with one of these is a secret's, whatever else it says. */
const secretWords = new Set('password passwd passphrase pwd secret token apikey'.split(' '))

/** A name that ends in one of these is; `jwt_authn` and `bearer_format` are not. */
const lastWords = new Set('pass credential bearer jwt hmac authorization cookie auth'.split(' '))

/** `key` is a secret only behind one of these. */
const keyWords = new Set(
  'api access private secret signing encryption session auth shared account master subscription license hmac ticket'.split(
    ' ',
  ),
)

const telling = new Set([...secretWords, ...lastWords, 'key'])

/** What a name ends in when it tells where, who or how long, not what: `token_endpoint`, `secret_name`. */
const harmlessEndings = new Set(
  (
    'name names path file filename endpoint uri url type ttl expiry expires expiration duration size count bucket prefix suffix ' +
    'header headers param params parameter parameters issuer audience aud provider config mode scope scopes alg algorithm ' +
    'version format lifetime timeout limit field policy domain age source location status kind enabled service cluster'
  ).split(' '),
)

/**
 * Whether a member or variable of this name holds a secret by all appearance. Judged by whole words, so that `authority`
 * and `tokenizer` are harmless.
 */
export const isSecretName = remembered((name) => {
  const words = name.length > 128 ? [] : wordsOf(name)
  const last = words.at(-1)
  if (last === undefined || harmlessEndings.has(last)) return false
  return lastWords.has(last) || words.some((word, index) => secretWords.has(word) || isKeyOf(words[index - 1], word))
})

const isKeyOf = (before: string | undefined, word: string): boolean =>
  word === 'key' && before !== undefined && keyWords.has(before)

/** The same of a header, parameter, cookie or tag: here a word anywhere tells (`x-jwt-assertion`, `x-session-id`). */
export const isSecretSubject = remembered(
  (name) => isSecretName(name) || (name.length <= 128 && wordsOf(name).some(tells)),
)

const tells = (word: string): boolean => lastWords.has(word) || /^(?:session|sid|signature)$/.test(word)

/** Names whose value is secret even where it is a number. */
export const isPasswordName = (name: string): boolean => /(?:passw(?:or)?d|passphrase|pwd|secret|pin)$/i.test(name)

/** A text with none of these holds no secret that a pattern could find. */
export const mayHoldSecret =
  /key|pass|pwd|secret|token|credential|bearer|basic|digest|negotiate|jwt|hmac|auth|cookie|eyJ|AKIA|ASIA|AIza|gh[pousr]_|xox|sk_|glpat|hvs\.|SG\.|npm_|:\/\/[^/\s]*@/i
