import type { PersonMessage } from '../contract/person-message.ts'
import { failureOf } from '../records/failure.ts'

/**
 * To be called after each change of an account that member rows repeat: name, address, attributes, last sign-in. Never
 * fails: the account's revision says already that its organizations lag, and the sweep finds it without any message.
 */
export async function announcePersonChange(queue: Queue, userId: string): Promise<void> {
  const message: PersonMessage = { version: 1, kind: 'person_changed', userId }
  try {
    await queue.send(message, { contentType: 'json' })
  } catch (error) {
    console.warn({ message: 'change of a person not announced', user: userId, error: failureOf(error) })
  }
}
