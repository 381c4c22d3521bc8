import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

it('every cell of the matrix of clients names a test that exists', () => {
  const rows = [
    ...read('../../docs/clients.md').matchAll(
      /^\|(?:[^|]+\|){3} ((?:replayed|real client)[^|]*) \| `([\w-]+\.test\.ts)`: ([^|]+) \|$/gm,
    ),
  ]
  expect(rows.length).toBeGreaterThan(25)
  const missing = rows
    .map(([, , file = '', title = '']) => ({ file, title: title.trim() }))
    .filter(({ file, title }) => !read(file).includes(title))
  expect(missing).toEqual([])
})
