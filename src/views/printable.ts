/** Escape sequences and control characters, C1 and bidirectional overrides included: whatever a terminal would obey instead of show. */
const escapeSequence =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[@-Z\\-_])/g
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text from a dump or a rule file made safe for a terminal; tabs and line feeds stay. */
export const printable = (text: string): string => text.replace(escapeSequence, '').replace(control, '')

/** The same for a table cell or a one-line message: line feeds and tabs become blanks. */
export const printableLine = (text: string): string => printable(text.replace(/[\t\n\r]+/g, ' '))
