import type { Permission } from '../../membership/permissions.ts'
import type { Workplace } from '../workplace.ts'

/** A part of an organization's pages that the navigation leads to. */
export interface Section {
  readonly key: string
  readonly name: string
  /** Behind the organization's own address. */
  readonly path: string
  /** Who lacks it does not see the entry; the pages themselves ask the organization anew. */
  readonly permission: Permission
}

/** In the order of the navigation. */
export const SECTIONS = [
  { key: 'members', name: 'Members', path: '/members', permission: 'members:read' },
  { key: 'seats', name: 'Seats', path: '/seats', permission: 'members:read' },
  { key: 'roles', name: 'Roles', path: '/roles', permission: 'members:read' },
  { key: 'api-keys', name: 'API keys', path: '/api-keys', permission: 'api_keys:manage' },
  { key: 'audit-log', name: 'Audit log', path: '/audit-log', permission: 'audit_log:read' },
  { key: 'settings', name: 'Settings', path: '/settings', permission: 'organization:read' },
] as const satisfies readonly Section[]

export type SectionKey = (typeof SECTIONS)[number]['key']

/** Those that this person may look into. */
export const sectionsFor = ({ may }: Pick<Workplace, 'may'>): readonly Section[] =>
  SECTIONS.filter(({ permission }) => may(permission))
