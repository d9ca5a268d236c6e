import type { PropsWithChildren } from 'hono/jsx'
import type { Outlook } from '../../../membership/offers.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { UsageBar } from '../../components/usage-bar.tsx'
import { SeatsFull } from '../seats/seats-full.tsx'

interface InviteFrameProps {
  /** The address of the organization's pages. */
  readonly home: string
  readonly outlook: Outlook
  readonly way: 'addresses' | 'file'
}

/** Around both ways of saying whom to invite. */
export const InviteFrame = ({ home, outlook, way, children }: PropsWithChildren<InviteFrameProps>) => {
  const path = `${home}/members/invite`
  const { used, limit } = outlook.seats
  return (
    <>
      <PageHeader title="Invite people" up={{ href: `${home}/members`, name: 'Members' }} />
      {outlook.seats.available === 0 ? (
        <SeatsFull home={home} outlook={outlook} />
      ) : (
        limit !== null && <UsageBar label="Seats in use" used={used} limit={limit} />
      )}
      <Tabs
        label="Ways to invite"
        tabs={[
          { name: 'By address', href: path, current: way === 'addresses' },
          { name: 'From a file', href: `${path}/file`, current: way === 'file' },
        ]}
      />
      {children}
    </>
  )
}
