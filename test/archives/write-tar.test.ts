import { execFileSync } from 'node:child_process'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { readTar } from '../../src/archives/read-tar.ts'
import { writeTar, type TarMember } from '../../src/archives/write-tar.ts'
import { collectEntries } from '../helpers/collect-entries.ts'
import { generousLimits } from '../helpers/generous-limits.ts'

const member = (path: string, content: string, size = Buffer.byteLength(content)): TarMember => ({
  path,
  size,
  open: () => Readable.from([Buffer.from(content)]),
})

const names = ['a.pdb', `${'folder/'.repeat(20)}b.pdb`, 'ümläut.pdb', 'empty.pdb', 'x'.repeat(100)]
const members = names.map((name) => member(name, name === 'empty.pdb' ? '' : `content of ${name}`))

it('is read back by our reader and by tar', async () => {
  const tar = await buffer(Readable.from(writeTar(members)))
  expect(tar.byteLength % 512).toBe(0)
  const entries = await collectEntries(readTar(Readable.from([tar]), generousLimits))
  expect(entries.map(([path]) => path)).toEqual(names)
  expect(entries[0]?.[1]).toBe('content of a.pdb')
  const listed = execFileSync('tar', ['-tf', '-', '--quoting-style=literal'], { input: tar })
  expect(listed.toString('utf8').trim().split('\n')).toEqual(names)
})

it('fails when a content is longer or shorter than stated', async () => {
  for (const size of [3, 30]) {
    await expect(buffer(Readable.from(writeTar([member('a', 'content', size)])))).rejects.toThrow(
      RangeError,
    )
  }
})
