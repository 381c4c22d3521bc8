import type { ByteReader } from '../lib/byte-reader.ts'
import { recordedName } from './formats/recorded-name.ts'
import { DamagedFile } from './formats/damaged-file.ts'
import { identifyBreakpad } from './formats/identify-breakpad.ts'
import { identifyDbg } from './formats/identify-dbg.ts'
import { identifyElf } from './formats/identify-elf.ts'
import { identifyMacho } from './formats/identify-macho.ts'
import { identifyMachoFat } from './formats/identify-macho-fat.ts'
import { identifyMetadata } from './formats/identify-metadata.ts'
import { identifyMsf2 } from './formats/identify-msf2.ts'
import { identifyMsf7 } from './formats/identify-msf7.ts'
import { identifyMsfz } from './formats/identify-msfz.ts'
import { identifyMz } from './formats/identify-mz.ts'
import { identifyWasm } from './formats/identify-wasm.ts'
import { PagedReader } from './formats/paged-reader.ts'
import { sniff, type Format } from './formats/sniff.ts'
import type { FileKind, Identification } from './identification.ts'
import { judgeOther } from './judge-other.ts'

const HEAD_BYTES = 4096

interface FormatReader {
  readonly kind: FileKind
  readonly identify: (reader: PagedReader, name: string | undefined) => Promise<Identification>
}

const READERS: Record<Format, FormatReader> = {
  msf7: { kind: 'pdb', identify: identifyMsf7 },
  msf2: { kind: 'pdb20', identify: identifyMsf2 },
  msfz: { kind: 'msfz', identify: identifyMsfz },
  metadata: { kind: 'portable-pdb', identify: identifyMetadata },
  mz: { kind: 'pe', identify: identifyMz },
  dbg: { kind: 'dbg', identify: identifyDbg },
  elf: { kind: 'elf', identify: identifyElf },
  macho: { kind: 'macho', identify: identifyMacho },
  'macho-fat': { kind: 'macho', identify: identifyMachoFat },
  breakpad: { kind: 'breakpad', identify: identifyBreakpad },
  wasm: { kind: 'wasm', identify: identifyWasm },
}

/**
 * Tells what a file is from its bytes, reading a few small pieces of it however large it is. `name` is
 * its file name (folders are dropped); PE images and PDBs cannot be filed without one. Damage makes a
 * `reject`; only I/O trouble of the reader throws.
 */
export async function identify(
  source: ByteReader,
  name: string | undefined,
): Promise<Identification> {
  const pages = new PagedReader(source)
  const base = name === undefined ? undefined : recordedName(name)
  let kind: FileKind | undefined
  try {
    const head = await pages.read(0, Math.min(HEAD_BYTES, pages.size))
    const format = sniff(head)
    if (format === undefined) return judgeOther(head, base)
    const reader = READERS[format]
    kind = reader.kind
    return await reader.identify(pages, base)
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    return { status: 'reject', ...(kind !== undefined && { kind }), reason: error.message }
  }
}
