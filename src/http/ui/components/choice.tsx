/** A labelled choice of one of few, each with its value and its words. */
export function Choice({
  id,
  label,
  options,
  value,
}: {
  readonly id: string
  readonly label: string
  readonly options: readonly (readonly [string, string])[]
  readonly value: string | undefined
}) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={id}>
        {options.map(([option, title]) => (
          <option value={option} selected={option === value}>
            {title}
          </option>
        ))}
      </select>
    </div>
  )
}
