import * as z from 'zod'
import { ENVIRONMENT_EVENT_TYPES, ENVIRONMENT_TARGET_TYPES } from '../membership/environment-event.ts'
import { ListEvents } from './events.ts'
import { id, list, oneOrMore, shownTime } from './fields.ts'
import { Actor, via } from './invitations.ts'

export const EnvironmentEvent = z
  .strictObject({
    object: z.literal('event'),
    id: id('evt'),
    seq: z.int().meta({ description: 'Ascending.', examples: [7] }),
    type: z.enum(ENVIRONMENT_EVENT_TYPES).meta({ examples: ['settings.updated'] }),
    occurred_at: shownTime,
    actor: Actor,
    via,
    target: z
      .strictObject({ type: z.enum(ENVIRONMENT_TARGET_TYPES), id: z.string() })
      .meta({ examples: [{ type: 'settings', id: 'settings' }] }),
    data: z.record(z.string(), z.unknown()).meta({
      description: 'What changed, from and to; of people only the names of the fields.',
      examples: [{ invitation_expiry_days: { from: 15, to: 30 } }],
    }),
  })
  .meta({ id: 'EnvironmentEvent' })
export const EnvironmentEventList = list(EnvironmentEvent).meta({ id: 'EnvironmentEventList' })

export const ListEnvironmentEvents = ListEvents.extend({ type: oneOrMore(ENVIRONMENT_EVENT_TYPES).optional() })
