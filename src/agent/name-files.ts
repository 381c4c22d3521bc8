import type { NamedFile } from './answered-rows.ts'
import type { LocalSymbol } from './local-file.ts'
import { memberPath } from './member-path.ts'

/** The files under the paths of their rows on the server, no two alike. */
export function nameFiles(files: readonly LocalSymbol[]): readonly NamedFile[] {
  const paths = new Set<string>()
  return files.map((file, index) => {
    const path = memberPath(file.path)
    // `a/x.pdb` and `../a/x.pdb` would be one.
    const unique = paths.has(path) ? `${index}/${path}` : path
    paths.add(unique)
    return { path: unique, file }
  })
}
