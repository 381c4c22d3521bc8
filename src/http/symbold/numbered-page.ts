import type { Paging } from './paging.ts'

/** One page of a whole list. */
export function numberedPage<T>(items: readonly T[], { page, take, skip }: Paging) {
  return { page, take, total: items.length, items: items.slice(skip, skip + take) }
}
