import type { Authority, Context } from './authority.ts'
import { type Decision, decided, unchanged } from './decision.ts'
import type { Ending, Member, MemberSource } from './member.ts'

/*
 * Removing or suspending a person is a decision, and so is leaving. Automatic arrivals do not undo the decision of another
 * party: the member remembers whose it was.
 */

export const THEMSELVES: Ending = { by: 'themselves', connectionId: null }

const BY_PERSON: Ending = { by: 'person', connectionId: null }

/** Who ends a membership now. A process takes over neither what a person has decided nor a return that an admin has allowed. */
export function endingBy({ process }: Pick<Authority, 'process'>, before: Member | null): Ending {
  if (process === undefined) return BY_PERSON
  const allowed = before?.ending?.returnAllowed === true ? { returnAllowed: true as const } : {}
  if (before?.ending?.by === 'person') return { ...BY_PERSON, ...allowed }
  return { by: process.process, connectionId: process.connectionId ?? null, ...allowed }
}

/**
 * A person decides what a process has done already: the decision is theirs from now on, so that the next arrival does not undo
 * it. Nothing else changes, and no event is needed.
 */
export function endedAlready(before: Member, { authority, now }: Context): Decision<Member> {
  const by = before.ending?.by ?? 'person'
  const isTaken = authority.process === undefined && by !== 'person' && by !== 'themselves'
  if (!isTaken) return unchanged(before)
  const after: Member = { ...before, ending: BY_PERSON, updatedAt: now }
  return decided(after, { kind: 'member', before, after })
}

/** Whether an arrival of this source brings the person back. A directory undoes only what it has done itself. */
export function undoes(source: MemberSource, ending: Ending | null, { process }: Pick<Authority, 'process'>): boolean {
  switch (source) {
    case 'created':
    case 'invitation':
    case 'added':
      return true
    case 'scim': {
      const isOwn = ending?.by === 'scim' && ending.connectionId === (process?.connectionId ?? null)
      return isOwn || ending?.returnAllowed === true
    }
    case 'domain':
    case 'sso':
      return ending?.returnAllowed === true
  }
}
