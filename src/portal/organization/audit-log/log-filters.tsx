import type { Names } from '../../../membership/queries.ts'
import { Icon } from '../../components/icon.tsx'
import { Name } from '../../components/name.tsx'
import { Toolbar } from '../../components/toolbar.tsx'
import { EVENT_GROUPS, EVENT_NAMES } from './event-kinds.ts'
import { type LogChoice, logAddress } from './log-choice.ts'

interface LogFiltersProps {
  readonly path: string
  readonly choice: LogChoice
  /** May people be looked for? */
  readonly mayFind: boolean
}

export const LogFilters = ({ path, choice, mayFind }: LogFiltersProps) => (
  <Toolbar action={path} label="Find a person" {...(mayFind ? { query: choice.search } : {})}>
    <KindSelect kind={choice.kind} />
    <label class="part">
      From <input class="input" type="date" name="from" value={choice.from ?? ''} />
    </label>
    <label class="part">
      to <input class="input" type="date" name="to" value={choice.to ?? ''} />
    </label>
    {choice.actor !== null && <input type="hidden" name="actor" value={choice.actor} />}
    {choice.target !== null && <input type="hidden" name="target" value={choice.target} />}
  </Toolbar>
)

const KindSelect = ({ kind }: Pick<LogChoice, 'kind'>) => (
  <select class="input select" name="kind" aria-label="Kind of entry">
    <option value="">Any kind</option>
    {EVENT_GROUPS.map(({ key, name, types }) => (
      <optgroup label={name}>
        <option value={key} selected={key === kind}>
          {name}: anything
        </option>
        {types.map((type) => (
          <option value={type} selected={type === kind}>
            {EVENT_NAMES[type]}
          </option>
        ))}
      </optgroup>
    ))}
  </select>
)

interface ChosenProps {
  readonly path: string
  readonly choice: LogChoice
  readonly names: Names
}

/** Whose entries these are, and the way back to everyone's. */
export const Chosen = ({ path, choice, names }: ChosenProps) => {
  const chosen = [
    { what: 'Done by', id: choice.actor, without: { actor: null } },
    { what: 'Done to', id: choice.target, without: { target: null } },
  ].flatMap(({ id, ...rest }) => (id === null ? [] : [{ id, ...rest }]))
  if (chosen.length === 0) return null
  return (
    <ul class="chosen">
      {chosen.map(({ what, id, without }) => (
        <li class="badge accent">
          {what} <Name>{names[id] ?? id}</Name>
          <a href={logAddress(path, { ...choice, ...without, cursor: null })} aria-label={`Not only: ${what}`}>
            <Icon name="cross" />
          </a>
        </li>
      ))}
    </ul>
  )
}
