import { z } from 'zod'
import { email, id, line, list, page, search, shownTime } from './fields.ts'

export const User = z.strictObject({
  object: z.literal('user'),
  id: id('usr'),
  email: z.string(),
  email_verified: z.boolean(),
  name: z.string().nullable(),
  attributes: z.record(z.string(), z.unknown()),
  created_at: shownTime,
  last_sign_in_at: shownTime.nullable(),
})
export const UserList = list(User)

export const CreateUser = z.strictObject({
  email,
  name: line(200).nullable().default(null),
  email_verified: z.boolean().default(false),
})

export const UpdateUser = z.strictObject({
  name: line(200).nullable().optional(),
  email_verified: z.boolean().optional(),
})

export const ListUsers = z.strictObject({ ...page, email: email.optional(), query: search })
