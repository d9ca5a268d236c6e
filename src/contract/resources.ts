import type * as z from 'zod'
import type * as access from './access.ts'
import type * as apiKeys from './api-keys.ts'
import type * as arrivals from './arrivals.ts'
import type * as environmentEvents from './environment-events.ts'
import type * as events from './events.ts'
import type * as identities from './identities.ts'
import type * as invitations from './invitations.ts'
import type * as mailBlocks from './mail-blocks.ts'
import type * as members from './members.ts'
import type * as operatorKeys from './operator-keys.ts'
import type * as organizations from './organizations.ts'
import type * as ownOrganizations from './own-organizations.ts'
import type * as roles from './roles.ts'
import type * as sessions from './sessions.ts'
import type * as signIn from './sign-in.ts'
import type * as signIns from './sign-ins.ts'
import type * as userAttributes from './user-attributes.ts'
import type * as users from './users.ts'

/* The types of what answers carry, from the schemas that describe them. */

export type Organization = z.infer<typeof organizations.Organization>
export type Seats = z.infer<typeof organizations.Seats>
export type Member = z.infer<typeof members.Member>
export type DepartureEntry = z.infer<typeof members.DepartureEntry>
export type ArrivalResult = z.infer<typeof arrivals.ArrivalResult>
export type RosterEntry = z.infer<typeof members.RosterEntry>
export type Invitation = z.infer<typeof invitations.Invitation>
export type InvitationPreview = z.infer<typeof invitations.InvitationPreview>
export type SignInRequired = z.infer<typeof invitations.SignInRequired>
export type MailBlock = z.infer<typeof mailBlocks.MailBlock>
export type EnvironmentEvent = z.infer<typeof environmentEvents.EnvironmentEvent>
export type Event = z.infer<typeof events.Event>
export type Verification = z.infer<typeof events.Verification>
export type Membership = z.infer<typeof ownOrganizations.Membership>
export type Identity = z.infer<typeof identities.Identity>
export type Session = z.infer<typeof sessions.Session>
export type StartedSession = z.infer<typeof signIn.StartedSession>
export type SignedIn = z.infer<typeof signIn.SignedIn>
export type SignInEntry = z.infer<typeof signIns.SignInEntry>
export type RefusalCount = z.infer<typeof signIns.RefusalCount>
export type User = z.infer<typeof users.User>
export type UserAttribute = z.infer<typeof userAttributes.UserAttribute>
export type Role = z.infer<typeof roles.Role>
export type ApiKey = z.infer<typeof apiKeys.ApiKey>
export type OperatorKey = z.infer<typeof operatorKeys.OperatorKey>
export type Access = z.infer<typeof access.Access>
