import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from '../../src/lib/make-folder.ts'
import { tempDir } from '../helpers/temp-dir.ts'

it('makes what is missing of a path, and takes what is there', async () => {
  const folder = tempDir()
  const path = join(folder, 'a/b/c')
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(folder, 'a/b/d'))])
  await makeFolder(path)
  expect(existsSync(path)).toBe(true)
  mkdirSync(join(folder, 'real'))
  symlinkSync('real', join(folder, 'link'))
  await makeFolder(join(folder, 'link'))
  await makeFolder(join(folder, 'link/below'))
  expect(existsSync(join(folder, 'real/below'))).toBe(true)
})

it('ends with what the system says where no folder can be made', async () => {
  const folder = tempDir()
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('nowhere', join(folder, 'dangling'))
  for (const [path, code] of [
    ['/proc/x', 'ENOENT'],
    ['/proc/x/y', 'ENOENT'],
    [join(folder, 'dangling'), 'EEXIST'],
    [join(folder, 'dangling/below'), 'EEXIST'],
    [join(folder, 'file'), 'EEXIST'],
    [join(folder, 'file/below'), 'ENOTDIR'],
  ] as const)
    await expect(makeFolder(path)).rejects.toMatchObject({ code })
})
