import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { couldBeSymbol } from '../../src/symbols/could-be-symbol.ts'
import type { AcceptedFile, Identification } from '../../src/symbols/identification.ts'
import { identify } from '../../src/symbols/identify.ts'
import { identityKey } from '../../src/symbols/identity.ts'
import { parseSymbolPath } from '../../src/symbols/symbol-path.ts'
import { openCorpus } from '../helpers/corpus.ts'
import { makeElf } from '../helpers/make-elf.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { MemoryReader } from '../helpers/memory-reader.ts'
import type { FuzzInput, FuzzTarget } from './fuzz-target.ts'
import { mutate } from './mutate.ts'

/** As much as the readers allow themselves for one file, and in one call. */
const MAX_BYTES_ASKED = 64 << 20
const MAX_CALL_BYTES = 8 << 20
const MAGIC_BYTES = 4
const SYMBOLS = /^(?:win|dotnet|elf|macho|sym|wasm|skip)\//

/** What no path in a store may contain. */
const HOSTILE = /\p{Cc}|\\|(?:^|\/)\.{0,2}(?:\/|$)/u
const DEBUG_ID = /^[\dA-F]{8,32}[\da-f]{1,8}$/
const HEX = /^[\da-f]+$/i

/** Every file is identified, as something or as nothing, within the limits and without harm. */
export const identifyTarget: FuzzTarget = {
  seeds: (maxBytes) => [...made(), ...real(maxBytes)],
  vary: ({ name, bytes }, donor, random) => ({
    name,
    bytes: mutate(bytes, donor.bytes, random, random(8) === 0 ? 0 : MAGIC_BYTES),
  }),
  async check({ name, bytes }) {
    const reader = new MemoryReader(bytes)
    const found = await identify(reader, name)
    const isKnown = couldBeSymbol(bytes.subarray(0, 4096))
    return [
      ...shapeProblems(found),
      ...(found.status === 'accept' ? acceptProblems(found) : []),
      ...(found.status === 'accept' && !isKnown ? ['accepted, but not by its first bytes'] : []),
      ...(reader.bytesAsked > MAX_BYTES_ASKED ? [`${reader.bytesAsked} bytes asked for`] : []),
      ...(reader.longest > MAX_CALL_BYTES ? [`${reader.longest} bytes in one call`] : []),
      ...shapeProblems(await identify(reader, undefined)),
    ]
  },
}

function made(): FuzzInput[] {
  const guid = '00112233445566778899AABBCCDDEEFF'
  const codeView = { guid, age: 1, pdbName: 'a.pdb' }
  const buildId = 'aa'.repeat(20)
  return [
    {
      name: 'made.pdb',
      bytes: makePdb({ guid, age: 1, pageSize: 512, payload: Buffer.alloc(4000, 1) }),
    },
    { name: 'made.dll', bytes: makePe({ timestamp: 1, sizeOfImage: 4096, codeView }) },
    { name: 'made.so', bytes: makeElf({ buildId }) },
    { name: 'made.debug', bytes: makeElf({ buildId, debug: true }) },
  ]
}

function real(maxBytes: number): FuzzInput[] {
  const corpus = openCorpus()
  return (corpus?.rows ?? [])
    .filter(({ path, bytes }) => SYMBOLS.test(path) && bytes <= maxBytes)
    .map(({ path }) => ({
      name: basename(path),
      bytes: readFileSync(corpus?.path(path) ?? ''),
    }))
}

function shapeProblems(found: Identification): string[] {
  if (found.status !== 'accept') return found.reason === '' ? ['no reason'] : []
  const { debugId, codeId, buildId, identities, keys, needsName } = found
  return [
    ...(keys.length === 0 && needsName !== true ? ['accepted without a key'] : []),
    ...(identities.length === 0 && needsName !== true ? ['accepted without identity'] : []),
    ...(debugId !== undefined && !DEBUG_ID.test(debugId) ? [`debug id ${debugId}`] : []),
    ...[codeId, buildId]
      .filter((id) => id !== undefined && !HEX.test(id))
      .map((id) => `id ${String(id)}`),
    ...keys
      .filter((key) => HOSTILE.test(key) || !key.isWellFormed())
      .map((key) => `hostile key ${JSON.stringify(key)}`),
  ]
}

/** A key that some client asks for has to lead to the file; names that nobody can ask for are left to the ingest. */
function acceptProblems({ identities, keys }: AcceptedFile): string[] {
  const own = new Set(identities.map(identityKey))
  return keys
    .filter((key) => {
      const match = parseSymbolPath(key.split('/'))
      return (
        match.kind === 'symbol' &&
        !match.path.identities.some((identity) => own.has(identityKey(identity)))
      )
    })
    .map((key) => `${key} does not lead to the file`)
}
