import { z } from 'zod'
import { OWNERSHIP_MODES } from '../membership/organization.ts'
import { httpUrl, id, line, list, page, search, shownTime, slug } from './fields.ts'

const LOCATION_HINTS = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const

const seatLimit = z.int().min(1).max(1_000_000_000).nullable()

export const Organization = z.strictObject({
  object: z.literal('organization'),
  id: id('org'),
  name: z.string(),
  slug: z.string(),
  external_id: z.string().nullable(),
  ownership: z.enum(OWNERSHIP_MODES),
  seat_limit: z.int().nullable(),
  upgrade_url: z.string().nullable(),
  created_at: shownTime,
  updated_at: shownTime,
  revision: z.int(),
})
export const OrganizationList = list(Organization)

export const CreateOrganization = z.strictObject({
  name: line(200),
  slug: slug.optional(),
  external_id: line(200).nullable().optional(),
  ownership: z.enum(OWNERSHIP_MODES).optional(),
  upgrade_url: httpUrl.nullable().optional(),
  seat_limit: seatLimit.optional(),
  owner_user_id: id('usr').optional(),
  location_hint: z.enum(LOCATION_HINTS).optional(),
})

export const UpdateOrganization = z.strictObject({
  name: line(200).optional(),
  slug: slug.optional(),
  external_id: line(200).nullable().optional(),
  ownership: z.enum(OWNERSHIP_MODES).optional(),
  upgrade_url: httpUrl.nullable().optional(),
  seat_limit: seatLimit.optional(),
})

export const ListOrganizations = z.strictObject({
  ...page,
  query: search,
  external_id: z.string().min(1).max(200).optional(),
})

export const Seats = z.strictObject({
  object: z.literal('seats'),
  used: z.int(),
  active: z.int(),
  pending: z.int(),
  limit: z.int().nullable(),
  available: z.int().nullable(),
})

export const TransferOwnership = z.strictObject({ member_id: id('mem') })

export const Rebuild = z.strictObject({
  object: z.literal('rebuild'),
  organization_id: id('org'),
  revision: z.int(),
})

/** All organizations, a stretch at a time: the cursor goes into the next call until it is null. */
export const RebuildAll = z.strictObject({ cursor: id('org').nullable().default(null) })
export const RebuiltAll = z.strictObject({
  object: z.literal('rebuild_progress'),
  rebuilt: z.int(),
  failed: z.array(id('org')),
  next_cursor: z.string().nullable(),
})
