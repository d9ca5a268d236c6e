import { formerEmailsOf } from '../accounts/former-emails.ts'
import { getUser } from '../accounts/users.ts'
import { PersonMessage } from '../contract/person-message.ts'
import { directoriesOf } from '../directory/directories.ts'
import { remainsOf } from '../directory/memberships.ts'
import { unmark } from '../directory/sweep-marks.ts'
import { erasedAddress } from '../membership/erasure.ts'
import { eraseIn, goOnClosing } from '../onboarding/delete-account.ts'
import { eachOf } from './bounded.ts'
import { type Followed, followPeople } from './follow-people.ts'

export interface PeopleBindings {
  readonly ACCOUNTS: D1Database
  readonly DIRECTORY: D1Database
  readonly LOGS: D1Database
  readonly ORGANIZATION: Parameters<typeof goOnClosing>[0]['ORGANIZATION']
  readonly PEOPLE_QUEUE: Queue
}

const FIRST_RETRY_SECONDS = 10
const PEOPLE_AT_ONCE = 2
const ORGANIZATIONS_AT_ONCE = 10
/** Each takes a call or more. Cloudflare allows 10,000 in one invocation. */
const ORGANIZATIONS_PER_MESSAGE = 200

interface Delivery {
  readonly message: Message
  readonly person: PersonMessage
}

/**
 * Does in the organizations of people what their accounts demand. A message says only whom it is about, so a late one or a
 * second one finds nothing new. A person in many organizations takes several messages, each of which goes on where the one
 * before stopped. What cannot be reached, or is given up, is left to the sweep.
 */
export async function consumePeople(
  batch: MessageBatch,
  bindings: PeopleBindings,
  limit = ORGANIZATIONS_PER_MESSAGE,
): Promise<void> {
  const deliveries = batch.messages.flatMap((message): Delivery[] => {
    const { data: person } = PersonMessage.safeParse(message.body)
    if (person !== undefined) return [{ message, person }]
    console.error({ message: 'a message about a person cannot be read', id: message.id })
    message.retry({ delaySeconds: FIRST_RETRY_SECONDS })
    return []
  })
  const changed = deliveries.filter(({ person }) => person.kind === 'person_changed')
  await followChanged(changed, bindings, limit)
  const others = deliveries.filter(({ person }) => person.kind !== 'person_changed')
  const retry = ({ message }: Delivery) => message.retry({ delaySeconds: FIRST_RETRY_SECONDS })
  await eachOf(others, PEOPLE_AT_ONCE, (delivery) => forget(delivery, bindings, limit), retry)
}

async function followChanged(deliveries: readonly Delivery[], bindings: PeopleBindings, limit: number): Promise<void> {
  // Of several messages about one person the one with the longest way to go counts: the others are part of it.
  const longestLast = deliveries.toSorted((a, b) => ((a.person.after ?? '') < (b.person.after ?? '') ? 1 : -1))
  const turns = new Map(longestLast.map(({ person: { userId, after = null } }) => [userId, { userId, after }]))
  const followed = new Map((await followPeople(bindings, [...turns.values()], limit)).map((one) => [one.userId, one]))
  // Should this fail, all messages come again, and what they have done is found done.
  await Promise.all(
    [...followed.values()].map(async ({ userId, after }) => {
      if (after !== null) await goOn(bindings, { version: 1, kind: 'person_changed', userId, after })
    }),
  )
  const isDone = ({ isBehind, after }: Followed) => !isBehind && after === null
  const done = [...followed.values()].filter(isDone).map(({ userId }) => userId)
  await unmark(bindings.ACCOUNTS, 'person_changed', done)
  for (const { message, person } of deliveries) {
    const { isBehind = false, after = null } = followed.get(person.userId) ?? {}
    // With more to come an organization out of reach holds nobody up: the sweep finds it.
    if (isBehind && after === null) message.retry({ delaySeconds: FIRST_RETRY_SECONDS })
    else message.ack()
  }
}

const goOn = async ({ PEOPLE_QUEUE }: PeopleBindings, message: PersonMessage): Promise<void> => {
  await PEOPLE_QUEUE.send(message, { contentType: 'json' })
}

async function forget({ message, person }: Delivery, bindings: PeopleBindings, limit: number): Promise<void> {
  const work = person.kind === 'account_closing' ? close : eraseRemains
  const next = await work(person, bindings, limit)
  if (next !== null) await goOn(bindings, next)
  else await unmark(bindings.ACCOUNTS, person.kind, [person.userId])
  message.ack()
}

/** Null: the account is gone, or stays. */
async function close(person: PersonMessage, bindings: PeopleBindings, limit: number): Promise<PersonMessage | null> {
  const user = await getUser(bindings.ACCOUNTS, person.userId)
  if (user === null || user.closingAt === null) return null
  const closing = await goOnClosing(bindings, user, { type: 'system', id: 'cron' }, Date.now(), limit)
  if (closing === 'unfinished') return person
  if (closing === 'stuck') throw new Error(`No organization could forget the person: ${user.id}`)
  if (!closing.ok) console.warn({ message: 'an account stays, its person is a last owner', user: user.id })
  return null
}

/** For some time after a deletion: what an organization knows of the person may come to its directory late. */
async function eraseRemains(
  person: PersonMessage,
  bindings: PeopleBindings,
  limit: number,
): Promise<PersonMessage | null> {
  const { userId, after = null } = person
  if ((await getUser(bindings.ACCOUNTS, userId)) !== null) return null
  const directories = directoriesOf(bindings)
  const page = { after, limit }
  const formerEmails = (await formerEmailsOf(bindings.ACCOUNTS, [userId])).get(userId) ?? []
  const found = await Promise.all(directories.map(({ database }) => remainsOf(database, userId, formerEmails, page)))
  const remains = found.flat().toSorted()
  // Another person may have the email by now, so only invitations from the time before the deletion count.
  const erasing = { id: userId, email: erasedAddress(userId), formerEmails }
  const failed: string[] = []
  const erase = async (organizationId: string) => {
    const left = await eraseIn(bindings, organizationId, erasing)
    if (left === 'last_owner')
      console.warn({ message: 'a last owner has no account', user: userId, organization: organizationId })
  }
  const turn = remains.slice(0, limit)
  await eachOf(turn, ORGANIZATIONS_AT_ONCE, erase, (organizationId) => failed.push(organizationId))
  const last = turn.at(-1)
  if (last !== undefined && turn.length === limit) return { ...person, after: last }
  if (failed.length > 0) throw new Error(`Not forgotten yet: ${failed.join(', ')}`)
  return null
}
