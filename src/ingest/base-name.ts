/** The last part of a path of either kind; undefined when it is empty. */
export function baseName(path: string): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  return name === '' ? undefined : name
}
