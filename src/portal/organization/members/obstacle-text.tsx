import type { Rejection } from '../../../membership/rejection.ts'
import { ADMIN, OWNER } from '../../../membership/roles.ts'
import { Name } from '../../components/name.tsx'
import { refusalText } from '../../refusal-text.ts'

interface ObstacleTextProps {
  readonly obstacle: Rejection
  /** That the person holds whom it is about. */
  readonly role: { readonly key: string; readonly name: string }
}

/** Why something is not offered, where people look for it. */
export const ObstacleText = ({ obstacle, role }: ObstacleTextProps) => {
  if (obstacle.code === 'last_owner') return <>The only owner stays. Make someone else an owner first.</>
  if (obstacle.code !== 'forbidden') return <>{refusalText(obstacle)}</>
  if (obstacle.permission === 'members:manage') return <>Your role does not manage members.</>
  if (role.key === OWNER) return <>Only an owner can change an owner.</>
  if (role.key === ADMIN) return <>Only an owner can change an admin.</>
  return (
    <>
      Only an owner can change someone with the role <Name>{role.name}</Name>.
    </>
  )
}
