/** Digits in a key: enough for a port, an octet, a counter. */
const digits = 12

/** A text whose order is the one that people expect: `9` before `10`, `10.0.0.9` before `10.0.0.10`, upper and lower case alike. */
export const naturalKey = (text: string): string =>
  text.toLowerCase().replace(/\d+/g, (number) => number.padStart(digits, '0'))
