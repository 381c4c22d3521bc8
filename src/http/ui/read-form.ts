import type { Context } from 'hono'
import { readText } from '../read-text.ts'

/** A form is settings and lists of names; it is held in memory. */
const MAX_FORM_BYTES = 1 << 20

/** The fields of a form that was sent; of a name that comes twice the last. Fails with `limit_exceeded` over 1 MiB. */
export async function readForm(context: Context): Promise<Readonly<Record<string, string>>> {
  return Object.fromEntries(new URLSearchParams(await readText(context.req.raw, MAX_FORM_BYTES)))
}
