import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findFiles } from '../../src/agent/find-files.ts'
import { tempDir } from '../helpers/temp-dir.ts'

function tree(): string {
  const folder = tempDir()
  mkdirSync(join(folder, 'out/x64'), { recursive: true })
  for (const name of ['out/a.pdb', 'out/a.exe', 'out/x64/b.pdb', 'out/c[1].pdb'])
    writeFileSync(join(folder, name), name)
  symlinkSync(join(folder, 'out'), join(folder, 'out/x64/again'))
  symlinkSync(join(folder, 'out/a.pdb'), join(folder, 'link.pdb'))
  return folder
}

const found = async (folder: string, ...paths: string[]): Promise<string[]> =>
  (await findFiles(paths.map((path) => join(folder, path)))).map(({ path }) =>
    path.slice(folder.length + 1),
  )

it('finds what lies below a folder, once, without following links', async () => {
  const folder = tree()
  const all = ['out/a.exe', 'out/a.pdb', 'out/c[1].pdb', 'out/x64/b.pdb']
  expect(await found(folder, 'out')).toEqual(all)
  expect(await found(folder, 'out', 'out/a.pdb')).toEqual(all)
  const named = join(folder, 'out/a.pdb')
  const both = await findFiles([join(folder, 'out'), named])
  expect(both.filter(({ isNamed }) => isNamed)).toEqual([{ path: named, isNamed: true }])
})

it('follows a link that is named itself', async () => {
  expect(await found(tree(), 'link.pdb')).toEqual(['link.pdb'])
})

it('takes globs, but a file that is called like one for itself', async () => {
  const folder = tree()
  expect((await found(folder, 'out/**/*.pdb')).sort()).toEqual([
    'out/a.pdb',
    'out/c[1].pdb',
    'out/x64/b.pdb',
  ])
  expect(await found(folder, 'out/c[1].pdb')).toEqual(['out/c[1].pdb'])
})

it('says what is not there', async () => {
  const folder = tree()
  await expect(findFiles([join(folder, 'nothing')])).rejects.toThrow(/there is no .*nothing/)
  await expect(findFiles([join(folder, '*.dll')])).rejects.toThrow(/nothing matches/)
})
