import * as z from 'zod'
import { OWNERSHIP_MODES } from '../membership/organization.ts'
import { httpUrl, id, line, list, page, search, shownTime, slug } from './fields.ts'

export const LOCATION_HINTS = ['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'oc', 'afr', 'me'] as const

const seatLimit = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .nullable()
  .meta({ description: 'Seats of the plan; null for no limit. Only the operator sets it.', examples: [25] })

const fields = {
  name: line(200).meta({ examples: ['Acme'] }),
  externalId: line(200)
    .nullable()
    .meta({ description: 'What the product calls it. Only the operator sets it.', examples: ['customer-42'] }),
  ownership: z.enum(OWNERSHIP_MODES).describe('`single`: exactly one owner, who changes by a transfer only.'),
  upgradeUrl: httpUrl.nullable().describe('Where people go who need more seats.'),
}

export const Organization = z
  .strictObject({
    object: z.literal('organization'),
    id: id('org'),
    name: z.string().meta({ examples: ['Acme'] }),
    slug: z.string().meta({ examples: ['acme'] }),
    external_id: z
      .string()
      .nullable()
      .meta({ examples: ['customer-42'] }),
    ownership: z.enum(OWNERSHIP_MODES),
    seat_limit: z
      .int()
      .nullable()
      .meta({ examples: [25] }),
    upgrade_url: z
      .string()
      .nullable()
      .meta({ examples: ['https://product.example/billing'] }),
    created_at: shownTime,
    updated_at: shownTime,
    revision: z
      .int()
      .meta({ description: 'Counts the changes of the organization and of everything in it.', examples: [12] }),
  })
  .meta({ id: 'Organization' })
export const OrganizationList = list(Organization).meta({ id: 'OrganizationList' })

export const CreateOrganization = z
  .strictObject({
    name: fields.name,
    slug: slug.optional().describe('For addresses, unique in the deployment. Absent: made from the name.'),
    external_id: fields.externalId.optional(),
    ownership: fields.ownership.optional(),
    upgrade_url: fields.upgradeUrl.optional(),
    seat_limit: seatLimit.optional(),
    owner_user_id: id('usr')
      .optional()
      .describe('Who owns it; only the operator may name someone. A user owns what they create.'),
    location_hint: z
      .enum(LOCATION_HINTS)
      .optional()
      .describe('The region near most of its people. Absent: near this request.'),
  })
  .meta({
    id: 'CreateOrganization',
    examples: [{ name: 'Acme', seat_limit: 25, owner_user_id: 'usr_01h455vb4pex5vsknk084sn02q' }],
  })

export const UpdateOrganization = z
  .strictObject({
    name: fields.name.optional(),
    slug: slug.optional(),
    external_id: fields.externalId.optional(),
    ownership: fields.ownership.optional(),
    upgrade_url: fields.upgradeUrl.optional(),
    seat_limit: seatLimit.optional(),
  })
  .meta({ id: 'UpdateOrganization', examples: [{ name: 'Acme Europe', seat_limit: 50 }] })

export const ListOrganizations = z.strictObject({
  ...page,
  query: search,
  external_id: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ examples: ['customer-42'] }),
})

export const Seats = z
  .strictObject({
    object: z.literal('seats'),
    used: z.int().meta({ description: 'active + pending', examples: [25] }),
    active: z.int().meta({ description: 'Active members.', examples: [22] }),
    pending: z.int().meta({ description: 'Pending invitations that have not expired.', examples: [3] }),
    limit: z
      .int()
      .nullable()
      .meta({ examples: [25] }),
    available: z
      .int()
      .nullable()
      .meta({ examples: [0] }),
  })
  .meta({ id: 'Seats' })

export const TransferOwnership = z
  .strictObject({ member_id: id('mem').describe('The active member who becomes owner.') })
  .meta({ id: 'TransferOwnership' })

export const Rebuild = z
  .strictObject({
    object: z.literal('rebuild'),
    organization_id: id('org'),
    revision: z.int().meta({ examples: [12] }),
    slug_held_by: id('org').nullable().describe('Another organization that holds the slug of this one by now.'),
  })
  .meta({ id: 'Rebuild' })

/** All organizations, a stretch at a time: the cursor goes into the next call until it is null. */
export const RebuildAll = z
  .strictObject({ cursor: id('org').nullable().default(null).describe('`next_cursor` of the call before.') })
  .meta({ id: 'RebuildAll' })

const MAX_REBUILT_OBJECTS = 20
const objectId = z.string().regex(/^[0-9a-f]{64}$/)
const OBJECT_IDS = ['b3f1c0d2a4e5968778695a4b3c2d1e0fb3f1c0d2a4e5968778695a4b3c2d1e0f']

export const RebuildObjects = z
  .strictObject({
    object_ids: z
      .array(objectId)
      .min(1)
      .max(MAX_REBUILT_OBJECTS)
      .describe('Ids of Durable Objects of the class `OrganizationObject`, as Cloudflare lists them.')
      .meta({ examples: [OBJECT_IDS] }),
  })
  .meta({ id: 'RebuildObjects' })

const progress = {
  object: z.literal('rebuild_progress'),
  rebuilt: z.int().meta({ examples: [10] }),
  failed: z
    .array(z.string())
    .describe('Ids of what could not be rebuilt: call again.')
    .meta({ examples: [[]] }),
  no_objects: z
    .array(z.string())
    .describe('Ids that no object of the class `OrganizationObject` can have. Nothing is to be done for them.')
    .meta({ examples: [[]] }),
  lost_slugs: z
    .array(z.strictObject({ organization_id: id('org'), slug: z.string(), held_by: id('org') }))
    .describe('Organizations whose slug another organization holds by now. Give one of the two another slug.')
    .meta({ examples: [[]] }),
}

export const RebuiltObjects = z.strictObject(progress).meta({ id: 'RebuiltObjects' })
export const RebuiltAll = z
  .strictObject({
    ...progress,
    object_ids: z
      .array(objectId)
      .describe('Of the objects of these organizations.')
      .meta({ examples: [OBJECT_IDS] }),
    next_cursor: z
      .string()
      .nullable()
      .meta({ examples: ['org_01h455vb4pex5vsknk084sn02q'] }),
  })
  .meta({ id: 'RebuiltAll' })
