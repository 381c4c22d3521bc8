import { UPSTREAM_FIELDS, type UpstreamType } from './upstream-fields.ts'

type Form = Readonly<Record<string, string>>

/**
 * What a form asks the API to set. Empty fields are left out of a new upstream; of one that is there they take
 * the setting back, but for credentials and the proxy's password, which stay when nothing is typed.
 */
export function upstreamBody(
  form: Form,
  type: UpstreamType,
  isNew: boolean,
): Record<string, unknown> {
  const body: Record<string, unknown> = isNew ? { name: form['name'], type } : {}
  const groups = new Map<string, Record<string, string>>()
  for (const { name, kind, types } of UPSTREAM_FIELDS.flatMap(({ fields }) => fields)) {
    if (types !== undefined && !types.includes(type)) continue
    const value = (form[name] ?? '').trim()
    const [group = '', key] = name.split('.')
    if (key === undefined) {
      if (kind === 'flag') body[name] = form[name] === 'on'
      else if (value !== '' || !isNew) body[name] = value === '' ? null : value
      continue
    }
    const values = groups.get(group) ?? {}
    if (value !== '') values[key] = value
    groups.set(group, values)
  }
  for (const [group, values] of groups) {
    const isEmpty = Object.keys(values).length === 0
    if (form[`${group}.remove`] === 'on') body[group] = null
    else if (isUnchanged(form, group, values)) continue
    else if (!isEmpty) body[group] = values
    else if (!isNew && group !== 'credentials') body[group] = null
  }
  return body
}

/** Whether the form shows the group as it was, so that its secrets, which it cannot show, have to stay. */
function isUnchanged(form: Form, group: string, values: Record<string, string>): boolean {
  return form[`${group}.before`] === JSON.stringify(values)
}
