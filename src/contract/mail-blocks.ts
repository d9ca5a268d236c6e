import * as z from 'zod'
import { id, list, page, shownTime } from './fields.ts'

export const MailBlock = z
  .strictObject({
    object: z.literal('mail_block'),
    id: id('blk'),
    email: z
      .string()
      .nullable()
      .meta({ description: 'Null once the account of the person is deleted.', examples: ['bob@acme.example'] }),
    created_at: shownTime,
  })
  .meta({ id: 'MailBlock' })
export const MailBlockList = list(MailBlock).meta({ id: 'MailBlockList' })
export const ListMailBlocks = z.strictObject(page)
