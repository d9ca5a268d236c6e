/** The parts of the operator's pages, in the order of the navigation. */
export const OPERATOR_SECTIONS = [
  { key: 'organizations', name: 'Organizations', path: '/operator/organizations' },
] as const

export type OperatorSection = (typeof OPERATOR_SECTIONS)[number]['key']
