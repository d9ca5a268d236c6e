import { UpdateOrganization } from '../../contract/organizations.ts'
import { ok, type Result, refuse } from '../../membership/result.ts'

/** Digits as a number; anything else stays text, which no schema takes for one. */
export const wholeNumber = (text: string): number | string => (/^\d{1,15}$/.test(text) ? Number(text) : text)

/** Empty for no limit. */
export function seatLimitOf(text: string): Result<number | null, string> {
  const parsed = UpdateOrganization.shape.seat_limit.unwrap().safeParse(text === '' ? null : wholeNumber(text))
  return parsed.success ? ok(parsed.data) : refuse('Enter a whole number from 1 on, or leave it empty for no limit.')
}
