import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { ArchiveEntry } from '../../src/archives/archive-entry.ts'
import { Expansion } from '../../src/archives/expansion.ts'
import { gunzip } from '../../src/archives/gunzip.ts'
import { readTar } from '../../src/archives/read-tar.ts'
import { readZip } from '../../src/archives/read-zip.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { collectEntries } from '../helpers/collect-entries.ts'
import { makeTar, paxRecords } from '../helpers/make-tar.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MUTATIONS = 500
const limits = { maxEntries: 100, maxEntryBytes: 100_000, maxExpandedBytes: 300_000 }

/** Numbers that parsers trip over, in the widths that fields have. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff]

const text = 'the quick brown fox jumps over the lazy dog\n'.repeat(20)
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
const tar = makeTar([
  { name: 'folder/', type: '5' },
  { name: 'a.pdb', data: text },
  { name: 'pax', type: 'x', data: paxRecords({ path: 'long/b.pdb', size: `${text.length}` }) },
  { name: 'b.pdb', data: text },
  { name: '././@LongLink', type: 'L', data: 'longer/c.pdb\0' },
  { name: 'c.pdb', data: text, size: 'base256' },
  { name: 'link', type: '2' },
])
const tarGz = gzipSync(tar)

/** The same sequence for the same seed (mulberry32). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

function mutate(sound: Buffer, random: (below: number) => number): Buffer {
  const bytes = Buffer.from(sound)
  const changes = 1 + random(4)
  for (let change = 0; change < changes; change++) {
    const at = random(bytes.length)
    const until = Math.min(bytes.length, at + 1 + random(8))
    const edge = EDGES[random(EDGES.length)] ?? 0
    switch (random(3)) {
      case 0:
        bytes[at] = random(256)
        break
      case 1:
        bytes.fill(edge, at, until)
        break
      default:
        bytes.copy(bytes, at, random(bytes.length))
    }
  }
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes
}

async function outcome(entries: AsyncIterable<ArchiveEntry>): Promise<'read' | 'refused'> {
  try {
    await collectEntries(entries)
    return 'read'
  } catch (error) {
    if (error instanceof AppError) return 'refused'
    throw error
  }
}

describe('mutated archives', () => {
  const streamOf = (bytes: Buffer): Readable => Readable.from([bytes], { objectMode: false })

  it.each<[string, Buffer, (bytes: Buffer, path: string) => AsyncIterable<ArchiveEntry>]>([
    [
      'zip',
      zip,
      (bytes, path) => {
        writeFileSync(path, bytes)
        return readZip(path, limits)
      },
    ],
    ['tar', tar, (bytes) => readTar(streamOf(bytes), limits)],
    ['tar.gz', tarGz, (bytes) => readTar(gunzip(streamOf(bytes), new Expansion(limits)), limits)],
  ])('of the kind %s end in entries or an AppError', async (_kind, sound, read) => {
    const path = join(tempDir(), 'mutated')
    expect(await outcome(read(sound, path))).toBe('read')
    const random = randomNumbers(20_240_607)
    let refused = 0
    for (let round = 0; round < MUTATIONS; round++) {
      const result = await outcome(read(mutate(sound, random), path))
      if (result === 'refused') refused += 1
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 10)
  })
})
