/**
 * The file name in a path that a symbol file records, with slashes of either kind. Undefined when nothing usable is
 * left: empty, a dot folder, or with control characters, which no build names a file.
 */
export function recordedName(path: string): string | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  const usable = name !== '' && name !== '.' && name !== '..' && !/\p{Cc}/u.test(name)
  return usable ? name : undefined
}
