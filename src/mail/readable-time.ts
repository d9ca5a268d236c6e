const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' })

/** Epoch milliseconds as `8 December 2026, 14:00 UTC`. */
export const readableTime = (time: number): string => `${DATE.format(time)}, ${TIME.format(time)} UTC`
