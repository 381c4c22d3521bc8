import { openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSoundDatabase } from '../../src/db/open-sound-database.ts'
import { tempDir } from '../helpers/temp-dir.ts'

function open(path: string): { names: unknown[]; aside: string[] } {
  const aside: string[] = []
  const database = openSoundDatabase(path, (name) => aside.push(name))
  const names = database.prepare('SELECT name FROM hosted_names').pluck().all()
  database.close()
  return { names, aside }
}

function filled(path: string): void {
  const database = openSoundDatabase(path, () => {})
  const insert = database.prepare('INSERT INTO hosted_names (name) VALUES (?)')
  for (let number = 0; number < 5000; number++) insert.run(`file${number}.pdb`)
  database.close()
}

it('a sound database is opened as it is', () => {
  const path = join(tempDir(), 'symgate.db')
  filled(path)
  const { names, aside } = open(path)
  expect([names.length, aside]).toEqual([5000, []])
})

it('what is no database is set aside', () => {
  const folder = tempDir()
  writeFileSync(join(folder, 'symgate.db'), 'no database\n'.repeat(1000))
  const { names, aside } = open(join(folder, 'symgate.db'))
  expect(names).toEqual([])
  expect(statSync(aside[0] ?? '').size).toBe(12_000)
})

it('one with damaged pages is set aside', () => {
  const folder = tempDir()
  const path = join(folder, 'symgate.db')
  filled(path)
  const { size } = statSync(path)
  const file = openSync(path, 'r+')
  for (let offset = 4096 * 4; offset < size; offset += 4096)
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, offset)
  const { names, aside } = open(path)
  expect([names, aside.length]).toEqual([[], 1])
  expect(readdirSync(folder)).toContain(aside[0]?.slice(folder.length + 1))
})
