/** The parts of the operator's pages, in the order of the navigation. */
export const OPERATOR_SECTIONS = [
  { key: 'organizations', name: 'Organizations', path: '/operator/organizations' },
  { key: 'users', name: 'Users', path: '/operator/users' },
  { key: 'settings', name: 'Settings', path: '/operator/settings' },
  { key: 'attributes', name: 'User attributes', path: '/operator/attributes' },
  { key: 'keys', name: 'Operator keys', path: '/operator/keys' },
  { key: 'sign-ins', name: 'Sign-ins', path: '/operator/sign-ins' },
  { key: 'events', name: 'Events', path: '/operator/events' },
  { key: 'health', name: 'Health', path: '/operator/health' },
] as const

export type OperatorSection = (typeof OPERATOR_SECTIONS)[number]['key']
