import * as z from 'zod'
import { email, id, line, list, page, search, shownEmail, shownTime } from './fields.ts'
import { shownName } from './members.ts'
import { NamedAttributes, ShownAttributes } from './user-attributes.ts'

export const User = z
  .strictObject({
    object: z.literal('user'),
    id: id('usr'),
    email: shownEmail,
    email_verified: z.boolean(),
    name: shownName,
    attributes: ShownAttributes,
    created_at: shownTime,
    last_sign_in_at: shownTime.nullable(),
  })
  .meta({ id: 'User' })
export const UserList = list(User).meta({ id: 'UserList' })

const name = line(200)
  .nullable()
  .meta({ examples: ['Bob Fox'] })

export const CreateUser = z
  .strictObject({
    email,
    name: name.default(null),
    email_verified: z.boolean().default(false).describe('Has the product seen proof that the address is theirs?'),
    attributes: NamedAttributes.default({}),
  })
  .meta({ id: 'CreateUser', examples: [{ email: 'bob@acme.example', name: 'Bob Fox' }] })

export const UpdateUser = z
  .strictObject({
    email: email.optional(),
    name: name.optional(),
    email_verified: z.boolean().optional(),
    attributes: NamedAttributes.optional(),
  })
  .meta({ id: 'UpdateUser', examples: [{ name: 'Bob Fox' }] })

/** What people may change of themselves. */
/** Not the address: a new one is proven first. */
export const UpdateOwnUser = UpdateUser.omit({ email: true, email_verified: true }).meta({
  id: 'UpdateOwnUser',
  examples: [{ name: 'Bob Fox' }],
})

export const ListUsers = z.strictObject({ ...page, email: email.optional(), query: search })
