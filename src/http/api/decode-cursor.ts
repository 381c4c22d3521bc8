import type * as z from 'zod'
import { AppError } from '../../lib/app-error.ts'

/**
 * The sort columns in a cursor of `encodeCursor`, whose shape the tuple schema tells; undefined without a cursor.
 * Fails with `request_invalid` for a text that is no cursor of this list.
 */
export function decodeCursor<Position extends z.ZodType>(
  cursor: string | undefined,
  position: Position,
): z.output<Position> | undefined {
  if (cursor === undefined) return undefined
  const result = position.safeParse(parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (result.success) return result.data
  throw new AppError(
    'request_invalid',
    'cursor is none of this list; allowed: the `next` of a page before',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
