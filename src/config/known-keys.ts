import * as z from 'zod'

/**
 * Every key that a schema knows, as a dotted path in the schema's order, with `[]` for the entries of a list, and of
 * a group whose keys are free:
 * `listen`, `store`, `store.path`, `upstreams`, `upstreams[]`, `upstreams[].url`.
 */
export function knownKeys(schema: z.ZodType): ReadonlyMap<string, 'value' | 'group' | 'list'> {
  const keys = new Map<string, 'value' | 'group' | 'list'>()
  collect(schema, '', keys)
  return keys
}

function collect(
  schema: unknown,
  path: string,
  keys: Map<string, 'value' | 'group' | 'list'>,
): void {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    collect(schema.unwrap(), path, keys)
    return
  }
  if (schema instanceof z.ZodObject) {
    if (path !== '') keys.set(path, 'group')
    for (const [key, inner] of Object.entries(schema.shape)) {
      collect(inner, path === '' ? key : `${path}.${key}`, keys)
    }
    return
  }
  if (schema instanceof z.ZodArray) {
    keys.set(path, 'list')
    collect(schema.element, `${path}[]`, keys)
    return
  }
  if (schema instanceof z.ZodRecord) {
    keys.set(path, 'list')
    collect(schema.valueType, `${path}[]`, keys)
    return
  }
  keys.set(path, 'value')
}
