import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'

const FORM_TYPE = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i
const FOREIGN_CHARSET = /;\s*charset\s*=\s*"?(?!utf-?8["\s;]|utf-?8$)/i

/** The fields of the form that was sent, trimmed. Files are none of ours; of what is sent several times the last counts. */
export async function formBody(c: Context): Promise<FormFields> {
  const body = await parsedForm(c)
  const all = (name: string): string[] => {
    const value = body[name]
    return [value].flat().flatMap((one) => (typeof one === 'string' ? one.trim() : []))
  }
  return { text: (name) => all(name).at(-1) ?? '', all }
}

/** Throws 415 for a body that is no form in UTF-8, and 400 for a form that is broken. No browser sends either. */
async function parsedForm(c: Context) {
  const type = c.req.header('Content-Type')
  if (type !== undefined && (!FORM_TYPE.test(type) || FOREIGN_CHARSET.test(type))) throw new HTTPException(415)
  try {
    return await c.req.parseBody({ all: true })
  } catch (error) {
    throw new HTTPException(400, { cause: error })
  }
}

export interface FormFields {
  /** Empty where the field is missing. */
  text(name: string): string
  /** Of checkboxes, or a list of several. */
  all(name: string): string[]
}
