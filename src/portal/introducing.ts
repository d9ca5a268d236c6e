import { readDefinitions } from '../accounts/attributes.ts'
import type { AttributeDefinition } from '../membership/attributes.ts'
import { type Result, refuse } from '../membership/result.ts'
import type { Introduction, IntroductionRefusal } from '../onboarding/introduction.ts'
import { attributeField, namedFromForm } from './attribute-form.ts'
import type { FormFields } from './form-body.ts'
import type { FormErrors } from './form-errors.ts'

/** What a person has to say of themselves before anything is done, and what is wrong with what they said. */
export interface StillAsked {
  readonly code: 'still_asked'
  readonly definitions: readonly AttributeDefinition[]
  readonly errors: FormErrors
}

/**
 * Does what takes an introduction, with the one that the form holds, if it asks for any. Where something is missing or
 * cannot be taken, the form is to be shown again, with a field for each of it: sent again, it carries on from there.
 */
export async function introducing<T, E extends { readonly code: string }>(
  accounts: D1Database,
  form: FormFields,
  act: (introduction: Introduction) => Promise<Result<T, E | IntroductionRefusal>>,
): Promise<Result<T, E | StillAsked>> {
  const definitions = (await readDefinitions(accounts)).filter(
    (definition) => definition.userEditable && form.all(attributeField(definition)).length > 0,
  )
  const { named, errors } = namedFromForm(definitions, form)
  if (Object.keys(errors).length > 0) return refuse({ code: 'still_asked', definitions, errors })
  const done = await act({ attributes: named })
  if (done.ok) return done
  const { error } = done
  return refuse(isAboutIntroduction(error) ? stillAsked(error, definitions) : error)
}

const isAboutIntroduction = <E extends { readonly code: string }>(
  error: E | IntroductionRefusal,
): error is IntroductionRefusal => error.code === 'attributes_required' || error.code === 'invalid_request'

function stillAsked(error: IntroductionRefusal, asked: readonly AttributeDefinition[]): StillAsked {
  if (error.code === 'invalid_request') {
    const errors = Object.fromEntries(error.errors.map(({ path, message }) => [path, message]))
    return { code: 'still_asked', definitions: asked, errors }
  }
  const more = error.attributes.filter(({ key }) => asked.every((one) => one.key !== key))
  return { code: 'still_asked', definitions: [...asked, ...more], errors: {} }
}
