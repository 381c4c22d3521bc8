import * as z from 'zod'
import { decodeCursor } from './decode-cursor.ts'
import { encodeCursor } from './encode-cursor.ts'

/**
 * One page of a list that lies in memory, sorted by `keyOf` in rising order (as JavaScript compares strings),
 * which is unique. For tables, whose list does not, the query itself takes cursor and limit.
 */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
): { items: Item[]; next: string | null } {
  const [after] = decodeCursor(cursor, z.tuple([z.string()])) ?? []
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  const isLast = last === undefined || page.length === rest.length
  return { items: page, next: isLast ? null : encodeCursor([keyOf(last)]) }
}
