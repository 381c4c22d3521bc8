import type { Context } from 'hono'
import { AppError } from '../../lib/app-error.ts'

/** A form is settings and lists of names; it is held in memory. */
const MAX_FORM_BYTES = 1 << 20

/** The fields of a form that was sent; of a name that comes twice the last. Fails with `limit_exceeded` over 1 MiB. */
export async function readForm(context: Context): Promise<Readonly<Record<string, string>>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_FORM_BYTES)
      throw new AppError('limit_exceeded', `the form is larger than ${MAX_FORM_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
}
