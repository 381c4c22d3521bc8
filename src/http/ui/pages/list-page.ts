import type { PageFrame } from '../components/page.tsx'
import type { Listed } from '../listed.ts'

/** What every page over a list is given. */
export interface ListPage<Item> extends Listed<Item> {
  readonly frame: PageFrame
  /** The query of this page, with what was searched for and the cursor. */
  readonly query: Readonly<Record<string, string>>
}
