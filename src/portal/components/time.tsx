import { readableDate, readableMinute, readableSecond } from '../readable-time.ts'

const READABLE = { date: readableDate, minute: readableMinute, second: readableSecond }

interface TimeProps {
  /** Epoch milliseconds. */
  readonly at: number
  readonly precision?: keyof typeof READABLE
}

/** A moment, to the second for whoever points at it. */
export const Time = ({ at, precision = 'date' }: TimeProps) => (
  <time datetime={new Date(at).toISOString()} title={readableSecond(at)}>
    {READABLE[precision](at)}
  </time>
)
