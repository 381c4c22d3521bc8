import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { detectFormat } from '../../src/archives/detect-format.ts'
import { openCorpus } from '../helpers/corpus.ts'
import type { RandomNumbers } from '../helpers/random-numbers.ts'
import { archiveOutcome } from './archive-outcome.ts'
import { fixTarChecksums } from './fix-tar-checksums.ts'
import type { FuzzInput, FuzzTarget } from './fuzz-target.ts'
import { madeArchives } from './made-archives.ts'
import { mutate } from './mutate.ts'

/** Bombs are not unpacked to be varied inside. */
const MAX_UNPACKED_BYTES = 1 << 20
const READABLE = /\.(?:zip|zipx|jar|nupkg|snupkg|tar|tgz|tar\.gz)$/

/** Every archive ends in entries or an error that blames it, within the limits; zips are put into `folder` to be read. */
export function archivesTarget(folder: string): FuzzTarget {
  return {
    seeds: (maxBytes) => [...madeArchives(), ...real(maxBytes)],
    vary: ({ name, bytes }, donor, random) => ({ name, bytes: vary(name, bytes, donor, random) }),
    async check(input) {
      detectFormat(input.bytes.subarray(0, 512))
      return (await archiveOutcome(input, folder)).problems
    },
  }
}

/** Checksums are put right most of the time, for behind a wrong one nothing is read. */
function vary(name: string, bytes: Buffer, donor: FuzzInput, random: RandomNumbers): Buffer {
  const isGzip = /\.t?gz$/.test(name)
  const tar = isGzip ? unpacked(bytes) : bytes
  if (tar === undefined || random(4) === 0) return mutate(bytes, donor.bytes, random)
  const mutant = mutate(tar, donor.bytes, random)
  if (isGzip) return gzipSync(fixTarChecksums(mutant), { level: 1 })
  return name.endsWith('.tar') ? fixTarChecksums(mutant) : mutant
}

function unpacked(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })
  } catch {
    return undefined // damaged or a bomb: to be varied as it is
  }
}

function real(maxBytes: number): FuzzInput[] {
  const corpus = openCorpus()
  return (corpus?.rows ?? [])
    .filter(({ path, bytes }) => path.startsWith('archives/') && bytes <= maxBytes)
    .filter(({ path }) => READABLE.test(path))
    .map(({ path }) => ({
      name: basename(path),
      bytes: readFileSync(corpus?.path(path) ?? ''),
    }))
}
