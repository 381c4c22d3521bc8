/** The value at a path of keys and list indexes, or undefined where the path leads nowhere. */
export function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let value = tree
  for (const level of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, level))
      return undefined
    const inner: unknown = Reflect.get(value, level)
    value = inner
  }
  return value
}
