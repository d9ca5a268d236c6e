import { SIGN_IN_TYPES, type SignInType } from '../../../membership/authentication.ts'
import { type ListChoice, listAddress, listChoice } from '../list-choice.ts'

export const SIGN_INS_PATH = '/operator/sign-ins'
export const REFUSALS_PATH = `${SIGN_INS_PATH}/refusals`

const DAY_MS = 24 * 60 * 60_000

/** `search` is a person, or on the page of refusals a network. */
export interface SignInsChoice extends ListChoice {
  readonly type: SignInType | null
  /** Days in UTC, as in 2026-03-02, both included. */
  readonly from: string | null
  readonly to: string | null
}

export function signInsChoice(parameter: (name: string) => string | undefined): SignInsChoice {
  const type = SIGN_IN_TYPES.find((one) => one === parameter('type')) ?? null
  return { ...listChoice(parameter), type, from: day(parameter('from')), to: day(parameter('to')) }
}

const day = (text = ''): string | null =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(startOf(text)) ? text : null

const startOf = (date: string): number => Date.parse(`${date}T00:00:00Z`)

/** As the log is asked for it. */
export const periodOf = ({ from, to }: SignInsChoice) => ({
  from: from === null ? undefined : startOf(from),
  to: to === null ? undefined : startOf(to) + DAY_MS,
})

export const signInsAddress = (path: string, { search, ...choice }: SignInsChoice): string =>
  listAddress(path, { query: search, ...choice })
