import type { Workplace } from '../workplace.ts'
import { type SectionKey, sectionsFor } from './sections.ts'

interface SectionNavigationProps {
  readonly workplace: Workplace
  readonly section: SectionKey | undefined
}

/** The parts of an organization that the person may look into. */
export const SectionNavigation = ({ workplace, section }: SectionNavigationProps) => {
  const sections = sectionsFor(workplace)
  if (sections.length === 0) return null
  return (
    <nav class="sections" aria-label="Parts of the organization">
      <ul>
        {sections.map(({ key, name, path }) => (
          <li>
            <a href={`${workplace.path}${path}`} aria-current={key === section ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
