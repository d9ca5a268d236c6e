import type { Command } from '../../../src/membership/commands.ts'
import type { ReferenceModel, Rights } from './model.ts'

/**
 * Every rule that a command breaks, by the code of its refusal: which of several is told is not the model's concern.
 * When it breaks none it is carried out, and `apply` says how.
 */
export interface Judgement {
  readonly broken: readonly string[]
  readonly apply: () => void
}

/** What a rule looks at, besides the command. */
export interface Situation {
  readonly model: ReferenceModel
  readonly rights: Rights
  readonly now: number
}

export type Rules<Type extends Command['type']> = {
  readonly [T in Type]: (situation: Situation, command: Extract<Command, { type: T }>) => Judgement
}

/** A rule that is checked before all others: whoever breaks it learns of nothing else. */
export const refusedWith = (code: string): Judgement => ({ broken: [code], apply: () => {} })

export const unchanged: Judgement = { broken: [], apply: () => {} }

/** `[is it broken?, code]` */
export const judged = (rules: readonly (readonly [boolean, string])[], apply: () => void): Judgement => ({
  broken: rules.filter(([broken]) => broken).map(([, code]) => code),
  apply,
})
