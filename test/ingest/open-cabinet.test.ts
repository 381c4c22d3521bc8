import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { Expansion } from '../../src/archives/expansion.ts'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { writeCabinet } from '../../src/cabinet/write-cabinet.ts'
import { openCabinet } from '../../src/ingest/open-cabinet.ts'
import { makeCabinet } from '../cabinet/make-cabinet.ts'
import { generousLimits } from '../helpers/generous-limits.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const cabinets = new CabinetThreads()
const two = makeCabinet({
  folders: [{ compression: 0, blocks: [{ packed: Buffer.from('one.three'), size: 9 }] }],
  files: [
    { name: 'a.pdb', size: 4 },
    { name: 'b.pdb', size: 5, offset: 4 },
  ],
})

function open(source: Readable, limits = generousLimits) {
  return openCabinet(source, cabinets, new Expansion(limits))
}

async function drain(content: Readable): Promise<void> {
  for await (const _ of content);
}

describe('an uploaded cabinet', () => {
  it('gives its files in order', async () => {
    const cabinet = await open(Readable.from([two]))
    const contents: string[] = []
    for (const file of cabinet.files) contents.push((await buffer(cabinet.open(file))).toString())
    await cabinet.close()
    expect(contents).toEqual(['one.', 'three'])
  })

  it.each([
    [{ maxEntryBytes: 4 }, 'entry "b.pdb": larger than limits.entry_size'],
    [{ maxExpandedBytes: 8 }, 'limits.expanded_size'],
    [{ maxEntries: 1 }, 'limits.entries'],
  ])('counts against %j', async (limit, message) => {
    const cabinet = await open(Readable.from([two]), { ...generousLimits, ...limit })
    const [first, second] = cabinet.files
    await drain(cabinet.open(first!))
    await expect(async () => drain(cabinet.open(second!))).rejects.toThrow(message)
    await cabinet.close()
  })

  it('that is a bomb is stopped by its ratio', async () => {
    const path = join(tempDir(), 'bomb.pd_')
    const size = 300 << 20
    const zeros = Buffer.alloc(1 << 20)
    const content = Array.from({ length: 300 }, () => zeros)
    await writeCabinet(
      Readable.from(content),
      { name: 'a.pdb', size, modifiedAt: new Date(0) },
      path,
    )
    expect(statSync(path).size).toBeLessThan(size / 400)
    const source = createReadStream(path)
    const cabinet = await open(source)
    await expect(drain(cabinet.open(cabinet.files[0]!))).rejects.toThrow(
      'unfolds by more than 250:1',
    )
    await cabinet.close()
    expect(source.destroyed).toBe(true)
  })

  it('fails as its source does', async () => {
    const source = new Readable({ read() {} })
    source.push(two.subarray(0, 30))
    setTimeout(() => source.destroy(new Error('reset')), 20)
    await expect(open(source)).rejects.toThrow('reset')
  })
})
