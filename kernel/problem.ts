/** What the kernel can find wrong; `src/scan/kernel.ts` has the words. */
export const NO_VALUE = 0
export const NO_VALUE_OR_END = 1
export const NO_KEY = 2
export const NO_KEY_OR_END = 3
export const NO_COLON = 4
export const NO_COMMA_OR_END = 5
export const BAD_SCALAR = 6
export const BAD_ESCAPE = 7
export const CONTROL_CHARACTER = 8
export const TOO_DEEP = 9
export const TWICE = 10

let found: i32 = -1
let place: usize = 0

/** The last problem, and its address. */
export function problem(): i32 {
  return found
}
export function problemAt(): usize {
  return place
}

/** Notes a problem; gives what functions return that met one. */
export function refuse(what: i32, at: usize): i32 {
  found = what
  place = at
  return BROKEN
}

/** Returned in place of an address: the bytes end too early to tell. */
export const INCOMPLETE: i32 = -1
/** Returned in place of an address: a problem is noted. */
export const BROKEN: i32 = -2
/** Returned in place of an address: there is no room for another event. */
export const FULL: i32 = -3
