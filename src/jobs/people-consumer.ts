import { PersonMessage } from '../contract/person-message.ts'
import type { Bindings } from '../onboarding/create-organization.ts'
import { followPeople } from './follow-people.ts'

const FIRST_RETRY_SECONDS = 10

/**
 * Brings changes of accounts to the organizations of the people. A message says only whom it is about, so a late one or a
 * second one finds nothing new. Whatever cannot be reached, or is given up, is left to the sweep.
 */
export async function consumePeople(batch: MessageBatch, bindings: Bindings): Promise<void> {
  const read = batch.messages.map((message) => ({ message, person: PersonMessage.safeParse(message.body).data }))
  const userIds = new Set(read.flatMap(({ person }) => person?.userId ?? []))
  const { behind } = await followPeople(bindings, [...userIds])
  for (const { message, person } of read) {
    if (person === undefined) console.error({ message: 'a message about a person cannot be read', id: message.id })
    if (person === undefined || behind.has(person.userId)) message.retry({ delaySeconds: FIRST_RETRY_SECONDS })
    else message.ack()
  }
}
