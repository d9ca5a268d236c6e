import type { Context } from 'hono'

/** The fields of the form that was sent, trimmed. Files are none of ours; of what is sent several times the last counts. */
export async function formBody(c: Context): Promise<FormFields> {
  const body = await c.req.parseBody({ all: true })
  const all = (name: string): string[] => {
    const value = body[name]
    return [value].flat().flatMap((one) => (typeof one === 'string' ? one.trim() : []))
  }
  return { text: (name) => all(name).at(-1) ?? '', all }
}

export interface FormFields {
  /** Empty where the field is missing. */
  text(name: string): string
  /** Of checkboxes, or a list of several. */
  all(name: string): string[]
}
