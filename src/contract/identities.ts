import * as z from 'zod'
import { id, list, page, shownTime } from './fields.ts'

/** Who a person is at a trusted issuer. */
export const Identity = z
  .strictObject({
    object: z.literal('identity'),
    id: id('idy'),
    issuer: z.string().meta({ examples: ['https://login.acme.example'] }),
    subject: z.string().meta({ description: 'The person, as the issuer names them.', examples: ['00u1a2b3c4'] }),
    created_at: shownTime.describe('When it was linked.'),
  })
  .meta({ id: 'Identity' })
export const IdentityList = list(Identity).meta({ id: 'IdentityList' })

export const ListIdentities = z.strictObject(page)
