import type { Context } from 'hono'
import type * as z from 'zod'
import { AppError } from '../../lib/app-error.ts'
import { describeFault } from '../api/describe-fault.ts'

/** The body as the schema has it; fails with `request_invalid`, naming what is wrong. */
export async function readJson<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  let body: unknown
  try {
    body = await context.req.json()
  } catch (cause) {
    throw new AppError('request_invalid', 'the body is no JSON', { cause })
  }
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new AppError(
    'request_invalid',
    issue === undefined ? 'the request is wrong' : describeFault(issue, body),
  )
}
