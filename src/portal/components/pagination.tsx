import { ButtonLink } from './button.tsx'

interface PaginationProps {
  /** The list's own address, with its filters and without a cursor; null on the first page. */
  readonly first: string | null
  readonly next: string | null
  readonly summary?: string
}

/** Lists go forward by a cursor; the browser's own way back leads to the page before. */
export const Pagination = ({ first, next, summary }: PaginationProps) =>
  first === null && next === null && summary === undefined ? null : (
    <nav class="pagination" aria-label="Pages">
      {summary !== undefined && <span>{summary}</span>}
      <div class="actions">
        {first !== null && (
          <ButtonLink href={first} small>
            First page
          </ButtonLink>
        )}
        {next !== null && (
          <ButtonLink href={next} small>
            Next page
          </ButtonLink>
        )}
      </div>
    </nav>
  )
