import type { PropsWithChildren } from 'hono/jsx'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

interface ToolbarProps {
  /** The list's own address. */
  readonly action: string
  /** What the search field is called, as in `Search members`. */
  readonly label: string
  /** Absent where there is nothing to search for, only to filter by. */
  readonly query?: string | null
}

/** The id that a list which follows a toolbar stands under. */
export const RESULTS = 'results'

/**
 * Searches and filters the list that stands under the id `RESULTS`: children are further controls. With the script the
 * list follows what one types and chooses; without it there is a button.
 */
export const Toolbar = ({ action, label, query, children }: PropsWithChildren<ToolbarProps>) => (
  <search>
    <form
      class="toolbar"
      method="get"
      action={action}
      hx-get={action}
      hx-trigger="submit, change, input delay:250ms"
      hx-target={`#${RESULTS}`}
      hx-select={`#${RESULTS}`}
      hx-swap="outerHTML"
      hx-replace-url="true"
      hx-sync="this:replace"
      hx-indicator={`#${RESULTS}`}
    >
      {query !== undefined && (
        <span class="search">
          <Icon name="search" />
          <input
            class="input"
            type="search"
            name="query"
            value={query ?? ''}
            aria-label={label}
            placeholder={label}
            autocomplete="off"
          />
        </span>
      )}
      {children}
      <span class="without-script">
        <Button reads>Search</Button>
      </span>
    </form>
  </search>
)

/** The list beside the toolbar, and what belongs to it, as its pages. */
export const Results = ({ children }: PropsWithChildren) => (
  <div id={RESULTS} data-busy>
    {children}
  </div>
)
