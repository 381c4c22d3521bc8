import { valueAt } from '../../../lib/value-at.ts'
import { UPSTREAM_FIELDS, type UpstreamField, type UpstreamType } from '../upstream-fields.ts'

/** The settings of an upstream to be filled in; `values` are those that it has, in the API's shape, or were typed. */
export function UpstreamForm({
  to,
  csrf,
  type,
  values,
  typed,
  isNew,
}: {
  readonly to: string
  readonly csrf: string
  readonly type: UpstreamType
  readonly values: Readonly<Record<string, unknown>>
  /** What was sent and refused. */
  readonly typed?: Readonly<Record<string, string>> | undefined
  readonly isNew: boolean
}) {
  const valueOf = ({ name }: UpstreamField): unknown =>
    typed === undefined ? valueAt(values, name.split('.')) : typed[name]
  return (
    <form method="post" action={to} class="form">
      <input type="hidden" name="csrf" value={csrf} />
      <input type="hidden" name="type" value={type} />
      {['credentials', 'proxy'].map((group) =>
        valueAt(values, [group]) ? (
          <input type="hidden" name={`${group}.before`} value={shownOf(values, group)} />
        ) : null,
      )}
      {isNew ? (
        <div class="field">
          <label for="name">Name</label>
          <input
            type="text"
            id="name"
            name="name"
            value={typed?.['name']}
            required
            pattern="[a-z0-9][a-z0-9._\-]*"
            title="small letters, digits, dot, underscore and dash"
            maxlength={100}
            autocomplete="off"
          />
        </div>
      ) : null}
      {UPSTREAM_FIELDS.map(({ title, hint, fields }, index) => {
        const shown = fields.filter(({ types }) => types?.includes(type) ?? true)
        if (shown.length === 0) return null
        return (
          <fieldset class={index === 0 ? '' : 'form-section'}>
            <legend>{title}</legend>
            {hint === undefined ? null : <p class="hint">{hint}</p>}
            <div class="form-row">
              {shown.map((field) =>
                field.kind === 'flag' ? null : <Field field={field} value={valueOf(field)} />,
              )}
            </div>
            {shown.map((field) =>
              field.kind === 'flag' ? <Flag field={field} value={valueOf(field)} /> : null,
            )}
            {title === 'Credentials' && valueAt(values, ['credentials']) ? (
              <Flag
                field={{ name: 'credentials.remove', label: 'Remove the stored credentials' }}
                value={false}
              />
            ) : null}
          </fieldset>
        )
      })}
      <div class="form-section">
        <Flag
          field={{ name: 'force', label: 'Save even if it does not answer' }}
          value={typed?.['force']}
        />
      </div>
      <div>
        <button class="button primary">{isNew ? 'Test and add' : 'Test and save'}</button>
      </div>
    </form>
  )
}

/** What the form shows of a group with secrets, as it comes back when nobody has touched it. */
function shownOf(values: Readonly<Record<string, unknown>>, group: string): string {
  const shown = UPSTREAM_FIELDS.flatMap(({ fields }) => fields).flatMap(({ name, kind }) => {
    const [of, key = ''] = name.split('.')
    const value = of === group && kind !== 'secret' ? valueAt(values, [group, key]) : undefined
    return typeof value === 'string' && value !== '' ? [[key, value] as const] : []
  })
  return JSON.stringify(Object.fromEntries(shown))
}

function Field({ field, value }: { readonly field: UpstreamField; readonly value: unknown }) {
  const { name, label, hint, kind, options, isRequired } = field
  const id = `field-${name.replace('.', '-')}`
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {options === undefined ? (
        <input
          type={kind === 'secret' ? 'password' : 'text'}
          id={id}
          name={name}
          value={kind === 'secret' ? '' : text}
          required={isRequired}
          autocomplete={kind === 'secret' ? 'new-password' : 'off'}
          spellcheck={false}
        />
      ) : (
        <select id={id} name={name}>
          {options.map(([option, title]) => (
            <option value={option} selected={option === text}>
              {title}
            </option>
          ))}
        </select>
      )}
      {hint === undefined ? null : <p class="hint">{hint}</p>}
    </div>
  )
}

function Flag({
  field: { name, label },
  value,
}: {
  readonly field: UpstreamField
  readonly value: unknown
}) {
  return (
    <label class="check">
      <input type="checkbox" name={name} checked={value === true || value === 'on'} />
      <span>{label}</span>
    </label>
  )
}
