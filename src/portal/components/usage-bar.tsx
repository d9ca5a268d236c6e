import type { Child } from 'hono/jsx'

/** From this share on it is worth knowing. */
const NEAR = 0.8

interface UsageBarProps {
  readonly label: string
  readonly used: number
  /** Null: as many as one likes. */
  readonly limit: number | null
  /** What else there is to say, as what the number is made of. */
  readonly detail?: Child
}

export const UsageBar = ({ label, used, limit, detail }: UsageBarProps) => (
  <div class={`usage ${levelOf(used, limit)}`}>
    <span>{label}</span>
    <span class="figure">{limit === null ? `${used}, no limit` : `${used} of ${limit}`}</span>
    {limit !== null && <progress value={Math.min(used, limit)} max={limit} aria-label={label} />}
    {detail !== undefined && <span class="small">{detail}</span>}
  </div>
)

function levelOf(used: number, limit: number | null): '' | 'near' | 'full' {
  if (limit === null || used < NEAR * limit) return ''
  return used < limit ? 'near' : 'full'
}
