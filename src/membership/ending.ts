import type { Authority } from './authority.ts'
import type { Ending, Member, MemberSource } from './member.ts'

/*
 * Removing or suspending a person is a decision, and so is leaving. Automatic arrivals do not undo the decision of another
 * party: the member remembers whose it was.
 */

export const THEMSELVES: Ending = { by: 'themselves', connectionId: null }

/** Who ends a membership now. A process does not take over what a person has decided. */
export function endingBy({ process }: Pick<Authority, 'process'>, before: Member | null): Ending {
  if (process === undefined) return { by: 'person', connectionId: null }
  if (before?.ending?.by === 'person') return { by: 'person', connectionId: null }
  return { by: process.process, connectionId: process.connectionId ?? null }
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
