/** How wide text may be, and whether it may have colour: a terminal's own width, 100 columns in a pipe. */
export const textOptions = (): {width: number; colour: boolean} => ({
  width: process.stdout.isTTY ? (process.stdout.columns ?? 80) : 100,
  colour: process.stdout.isTTY === true && (process.env['NO_COLOR'] ?? '') === '',
})
