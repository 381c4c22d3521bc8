import { gzipSync } from 'node:zlib'
import { makeTar, paxRecords } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import type { FuzzInput } from './fuzz-target.ts'

/** Sound archives with every way to write an entry that the readers know. */
export function madeArchives(): readonly FuzzInput[] {
  const text = 'the quick brown fox jumps over the lazy dog\n'.repeat(20)
  const tar = makeTar([
    { name: 'folder/', type: '5' },
    { name: 'a.pdb', data: text },
    { name: 'pax', type: 'x', data: paxRecords({ path: 'long/b.pdb', size: `${text.length}` }) },
    { name: 'b.pdb', data: text },
    { name: '././@LongLink', type: 'L', data: 'longer/c.pdb\0' },
    { name: 'c.pdb', data: text, size: 'base256' },
    { name: 'link', type: '2' },
  ])
  const zip = makeZip(
    [
      { name: 'folder/', method: 0 },
      { name: 'a.pdb', data: text },
      { name: 'b.pdb', data: text, method: 0, zip64: true },
      { name: 'c.pdb', data: text, dataDescriptor: true },
      { name: 'link', mode: 0o120777, data: 'a.pdb' },
    ],
    { zip64: true },
  )
  return [
    { name: 'made.zip', bytes: zip },
    { name: 'made.tar', bytes: tar },
    { name: 'made.tar.gz', bytes: gzipSync(tar) },
  ]
}
