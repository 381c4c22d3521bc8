/** A choice of one among few, as links. */
export function Segments({
  label,
  options,
}: {
  readonly label: string
  readonly options: readonly {
    readonly title: string
    readonly to: string
    readonly isCurrent: boolean
  }[]
}) {
  return (
    <nav class="segments" aria-label={label}>
      {options.map(({ title, to, isCurrent }) => (
        <a href={to} aria-current={isCurrent ? 'true' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  )
}
