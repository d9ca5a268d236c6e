import { z } from 'zod'
import { email, id, line, list, page, search, shownEmail, shownTime } from './fields.ts'
import { shownName } from './members.ts'

export const User = z
  .strictObject({
    object: z.literal('user'),
    id: id('usr'),
    email: shownEmail,
    email_verified: z.boolean(),
    name: shownName,
    attributes: z.record(z.string(), z.unknown()).meta({ examples: [{}] }),
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
  })
  .meta({ id: 'CreateUser', examples: [{ email: 'bob@acme.example', name: 'Bob Fox' }] })

export const UpdateUser = z
  .strictObject({
    name: name.optional(),
    email_verified: z.boolean().optional(),
  })
  .meta({ id: 'UpdateUser', examples: [{ name: 'Bob Fox' }] })

export const ListUsers = z.strictObject({ ...page, email: email.optional(), query: search })
