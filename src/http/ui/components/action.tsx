import type { PropsWithChildren } from 'hono/jsx'

/** A button that changes something: a form of its own with the session's token. */
export function Action({
  to,
  csrf,
  fields = {},
  look = '',
  children,
}: PropsWithChildren<{
  readonly to: string
  readonly csrf: string
  readonly fields?: Readonly<Record<string, string>>
  readonly look?: 'small' | 'small danger' | 'danger' | 'primary' | ''
}>) {
  return (
    <form method="post" action={to} class="inline">
      <input type="hidden" name="csrf" value={csrf} />
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button class={`button ${look}`}>{children}</button>
    </form>
  )
}
