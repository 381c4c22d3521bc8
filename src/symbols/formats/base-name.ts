/**
 * The last part of a path with slashes of either kind. Undefined when nothing usable is left: empty,
 * a dot folder, or with control characters, which no build names a file.
 */
export function baseName(path: string): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  const usable = name !== '' && name !== '.' && name !== '..' && !/\p{Cc}/u.test(name)
  return usable ? name : undefined
}
