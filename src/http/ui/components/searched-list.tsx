import type { Child, PropsWithChildren } from 'hono/jsx'
import { Pager } from './pager.tsx'

/** A list below a search field with further filters beside it; finds while somebody types where scripts run. */
export function SearchedList({
  title,
  path,
  query,
  next,
  label,
  placeholder,
  filters,
  refresh,
  children,
}: PropsWithChildren<{
  /** For screen readers. */
  readonly title: string
  /** Of the page that holds the list. */
  readonly path: string
  /** The query of this page: the search text is `q`. */
  readonly query: Readonly<Record<string, string>>
  readonly next: string | null
  readonly label: string
  readonly placeholder: string
  readonly filters?: Child
  /** Seconds after which the list is loaded anew, while it is looked at. */
  readonly refresh?: string | undefined
}>) {
  return (
    <section class="card" aria-label={title}>
      <form method="get" action={path} class="filters" role="search" data-live="results">
        <div class="field grow">
          <label for="q">{label}</label>
          <input
            type="search"
            id="q"
            name="q"
            value={query['q'] ?? ''}
            placeholder={placeholder}
            maxlength={1000}
            spellcheck={false}
            autocomplete="off"
          />
        </div>
        {filters}
        <button class="button">Search</button>
      </form>
      <div id="results" data-refresh={refresh}>
        {children}
        <Pager path={path} query={query} next={next} />
      </div>
    </section>
  )
}
