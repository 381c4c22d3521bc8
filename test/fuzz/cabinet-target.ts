import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { CabinetReader } from '../../src/cabinet/cabinet-reader.ts'
import { AppError } from '../../src/lib/app-error.ts'
import { makeCabinet } from '../cabinet/make-cabinet.ts'
import { openCorpus } from '../helpers/corpus.ts'
import type { FuzzInput, FuzzTarget } from './fuzz-target.ts'
import { mutate } from './mutate.ts'

/** Bytes that a mutated header may promise before the reading is stopped: bombs are the consumer's to bound. */
const MAX_OUTPUT_BYTES = 16 << 20

/** Every cabinet gives what its directory says, or an AppError that blames it. */
export const cabinetTarget: FuzzTarget = {
  seeds: (maxBytes) => [made(), ...real(maxBytes)],
  vary: ({ name, bytes }, donor, random) => ({
    name,
    bytes: mutate(bytes, donor.bytes, random),
  }),
  async check({ bytes }) {
    const problems: string[] = []
    let left = MAX_OUTPUT_BYTES
    try {
      await using reader = await CabinetReader.open(chunks(bytes))
      for (const file of reader.files) {
        let size = 0
        for await (const chunk of reader.extract(file)) {
          size += chunk.byteLength
          left -= chunk.byteLength
          if (left < 0) return problems
        }
        if (size !== file.size) problems.push(`${size} bytes came of ${file.size}`)
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
    return problems
  },
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 1000) yield bytes.subarray(at, at + 1000)
}

function made(): FuzzInput {
  const packed = Buffer.from('a symbol file')
  const bytes = makeCabinet({
    folders: [{ compression: 0, blocks: [{ packed, size: packed.byteLength }], checksums: false }],
    files: [{ name: 'app.pdb', size: packed.byteLength }],
  })
  return { name: 'made.pd_', bytes }
}

function real(maxBytes: number): FuzzInput[] {
  const corpus = openCorpus()
  return (corpus?.rows ?? [])
    .filter(({ path, bytes }) => path.startsWith('cab/') && bytes <= maxBytes)
    .map(({ path }) => ({
      name: basename(path),
      bytes: readFileSync(corpus?.path(path) ?? ''),
    }))
}
