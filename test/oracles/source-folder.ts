import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../helpers/temp-dir.ts'

const SOURCE = `
int square(int x) { return x * x; }
int entry(int x) { return square(x) + 7; }
`

/** A fresh folder with a small `a.c` that needs no headers or libraries. */
export function sourceFolder(): string {
  const folder = tempDir()
  writeFileSync(join(folder, 'a.c'), SOURCE)
  return folder
}
