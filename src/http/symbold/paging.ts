/** morgue sends both always: `--page` 0 and `--take` 10. */
const DEFAULT_TAKE = 10

/** More goes into several pages. */
const MAX_TAKE = 1000

/** No list is longer than this. */
const MAX_SKIP = 1_000_000

/** A part of a list as symbold's clients ask for it: pages are counted from 0. */
export interface Paging {
  readonly page: number
  readonly take: number
  /** Rows before the page. */
  readonly skip: number
}

/** Reads `page` and `take`; what is no number there counts as not sent. */
export function paging(query: Readonly<Record<string, string>>): Paging {
  const take = Math.min(MAX_TAKE, wholeNumber(query['take']) ?? DEFAULT_TAKE)
  const page = wholeNumber(query['page']) ?? 0
  return { page, take, skip: Math.min(MAX_SKIP, page * take) }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
