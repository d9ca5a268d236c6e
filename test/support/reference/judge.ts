import type { Command } from '../../../src/membership/commands.ts'
import type { Act } from '../commands.ts'
import { administrationRules } from './administration.ts'
import { enter } from './arrivals.ts'
import { invitationRules } from './invitations.ts'
import { type Judgement, type Rules, refusedWith, type Situation, unchanged } from './judgement.ts'
import type { ReferenceModel } from './model.ts'
import { peopleRules } from './people.ts'

type Judged = Exclude<Command['type'], 'CreateOrganization' | 'BulkInvite' | 'AddMembers' | 'RecordDeliveries'>
const RULES: Rules<Judged> = { ...peopleRules, ...invitationRules, ...administrationRules }

/** Who asks and whether there is anything to ask about, before any rule of the command itself. */
export function situationOf(model: ReferenceModel, { caller, command, now }: Act): Situation | Judgement {
  const rights = model.rightsOf(caller, now)
  if (rights === null) return refusedWith('unauthenticated')
  if (model.onHold(caller)) return refusedWith('maker_suspended')
  const { organization } = model
  const whileDeleted = ['RestoreOrganization', 'UpdatePeople', 'ErasePerson', 'RecordDeliveries'].includes(command.type)
  const reachable = organization !== null && (organization.deletedAt === null || whileDeleted)
  return reachable ? { model, rights, now } : refusedWith('not_found')
}

/** What must become of a command that is not a bulk. */
export function judge(
  model: ReferenceModel,
  act: Act<Exclude<Command, { type: 'BulkInvite' | 'AddMembers' }>>,
): Judgement {
  const { command } = act
  if (command.type === 'CreateOrganization') {
    return model.organization === null ? { broken: [], apply: () => create(model, command) } : unchanged
  }
  const situation = situationOf(model, act)
  if ('broken' in situation) return situation
  if (command.type === 'RecordDeliveries') return unchanged
  const rule = RULES[command.type] as (situation: Situation, command: Command) => Judgement
  return rule(situation, command)
}

function create(model: ReferenceModel, command: Extract<Command, { type: 'CreateOrganization' }>): void {
  const { name, ownership, seatLimit, owner } = command
  model.organization = { name, ownership, seatLimit, deletedAt: null }
  if (owner !== null) enter(model, owner, 'owner')
}
