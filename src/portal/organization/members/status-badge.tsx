import type { MemberStatus } from '../../../membership/member.ts'
import type { RosterStatus } from '../../../membership/queries.ts'
import { Badge } from '../../components/badge.tsx'

export const STATUS_NAMES: { readonly [status in RosterStatus | MemberStatus]: string } = {
  active: 'Active',
  pending: 'Pending',
  suspended: 'Suspended',
  removed: 'Removed',
}

const TONES = { active: 'good', pending: 'accent', suspended: 'warning', removed: 'neutral' } as const

export const StatusBadge = ({ status }: { readonly status: RosterStatus | MemberStatus }) => (
  <Badge tone={TONES[status]}>{STATUS_NAMES[status]}</Badge>
)
