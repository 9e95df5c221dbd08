/** Whether what is shown is kept up to date, and how old it is. */
export interface Freshness {
  /** Whether it can be read again: a live source, not a file. */
  live: boolean
  /** Milliseconds from one reading to the next; null: only when asked. */
  every: number | null
  /** When the state on the screen was read; null for a capture, which says itself when it was made. */
  readAt: number | null
  /** When reading it was last begun. */
  triedAt: number | null
  /** Whether a reading is under way. */
  reading: boolean
  /** Why the last reading failed; null where it did not. */
  failure: string | null
}

/** `5 s`, `3 min`, `2 h`, `4 d`: whole units, as nobody counts on more. */
export function ageText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
}

/** A capture does not change. */
export const captured: Freshness = {
  live: false,
  every: null,
  readAt: null,
  triedAt: null,
  reading: false,
  failure: null,
}

/** A live source that was read just now. */
export const live = (now: number, every: number | null): Freshness => ({
  live: true,
  every,
  readAt: now,
  triedAt: now,
  reading: false,
  failure: null,
})

/** Whether it is time to read again. */
export const isDue = ({live: isLive, every, reading, triedAt}: Freshness, now: number): boolean =>
  isLive && every !== null && !reading && now - (triedAt ?? 0) >= every

/** What the title says of it; empty for a capture. */
export function freshnessText({live, readAt, reading, failure}: Freshness, now: number): string {
  if (!live || readAt === null) return ''
  const age = ageText(now - readAt)
  if (failure !== null) return `! stale: ${age} old, ${failure}`
  return reading ? `live, ${age} old, reading` : `live, ${age} old`
}
