import * as z from 'zod'

export const ORGANIZATION_CHORES = ['expire_invitations', 'settle_claims', 'wake', 'erase'] as const

/**
 * What cron wants an organization to do. The message says only which organization; whether there is anything to do the
 * organization decides by its own rows and clock. Versioned, because a message may be read by newer code than wrote it.
 */
export const OrganizationChore = z.object({
  version: z.literal(1),
  chore: z.enum(ORGANIZATION_CHORES),
  organizationId: z.string(),
})

export type OrganizationChore = z.infer<typeof OrganizationChore>
