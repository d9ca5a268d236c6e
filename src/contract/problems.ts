import { z } from 'zod'

/** RFC 9457. `code` is stable and for programs; the rest is for people. Some codes carry more, as documented with them. */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  request_id: z.string(),
})
