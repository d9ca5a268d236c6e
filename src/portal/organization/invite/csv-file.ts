import type { Context } from 'hono'

/** As text, whichever of the two usual encodings a spreadsheet has written; null where no file was sent. */
export async function csvFile(c: Context): Promise<string | null> {
  const file = (await c.req.parseBody()).file
  if (!(file instanceof File) || file.size === 0) return null
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
