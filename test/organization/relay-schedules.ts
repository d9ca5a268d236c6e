import fc from 'fast-check'
import { seconds } from '../support/commands.ts'
import { HEALTH, RelayWorld } from '../support/relay-world.ts'

/*
 * Random schedules for the relay of one organization: what happens to it, to its directory and to its mail queue, and how
 * much time passes. The world looks after each event whether what must always hold does.
 */

const destination = fc.constantFrom('directory', 'mail' as const)
const span = fc.constantFrom(0, 5, 40, 150, seconds(1), seconds(3), seconds(11), seconds(31), seconds(70), seconds(400))

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('invite', 'rename', 'deliver' as const) }) },
  { weight: 9, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: span }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('become' as const), destination, health: fc.constantFrom(...HEALTH) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('wake', 'wakeTold', 'rebuild', 'loseAlarm', 'note', 'restore' as const),
    }),
  },
)
export type ScheduleStep = typeof step extends fc.Arbitrary<infer T> ? T : never

export const schedule = fc.array(step, { minLength: 1, maxLength: 40, size: 'max' })

/** After any schedule everything arrives, once both destinations are well again. */
export async function follow(steps: readonly ScheduleStep[]): Promise<void> {
  const world = await RelayWorld.begin()
  let image = world.snapshot()
  for (const step of steps) {
    switch (step.kind) {
      case 'pass':
        await world.pass(step.ms)
        break
      case 'become':
        world.become(step.destination, step.health)
        break
      case 'note':
        image = world.snapshot()
        break
      case 'restore':
        world.restoreDirectory(image)
        break
      default:
        await world[step.kind]()
    }
  }
  await world.recover()
}
