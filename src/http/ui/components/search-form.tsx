import type { PropsWithChildren } from 'hono/jsx'

/** A search field over a list, with further filters beside it; finds while somebody types where scripts run. */
export function SearchForm({
  to,
  live,
  label,
  placeholder,
  value = '',
  children,
}: PropsWithChildren<{
  readonly to: string
  /** Id of the element that holds the results. */
  readonly live: string
  readonly label: string
  readonly placeholder: string
  readonly value?: string | undefined
}>) {
  return (
    <form method="get" action={to} class="filters" role="search" data-live={live}>
      <div class="field grow">
        <label for="q">{label}</label>
        <input
          type="search"
          id="q"
          name="q"
          value={value}
          placeholder={placeholder}
          maxlength={1000}
          spellcheck={false}
          autocomplete="off"
        />
      </div>
      {children}
      <button class="button">Search</button>
    </form>
  )
}
