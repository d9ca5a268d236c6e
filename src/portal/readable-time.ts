const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' })
const SECOND = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', hourCycle: 'h23', timeZone: 'UTC' })

/** Epoch milliseconds as `8 December 2026`. */
export const readableDate = (time: number): string => DATE.format(time)

/** Epoch milliseconds as `8 December 2026, 14:00 UTC`; the last space does not break. */
export const readableMinute = (time: number): string => `${DATE.format(time)}, ${TIME.format(time)}\u00a0UTC`

/** Epoch milliseconds as `8 December 2026, 14:00:12 UTC`. */
export const readableSecond = (time: number): string => `${DATE.format(time)}, ${SECOND.format(time)}\u00a0UTC`

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Days while there are two of them, then hours, then minutes. Days are rounded: 14.9 of them are 15 to anyone. */
export function duration(ms: number): string {
  if (ms >= 2 * DAY_MS) return counted(Math.round(ms / DAY_MS), 'day')
  if (ms >= HOUR_MS) return counted(Math.floor(ms / HOUR_MS), 'hour')
  return counted(Math.max(1, Math.floor(ms / MINUTE_MS)), 'minute')
}

export const timeLeft = (ms: number): string => `${duration(ms)} left`

/** As in `1 minute`, `2 minutes`. */
export const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`
