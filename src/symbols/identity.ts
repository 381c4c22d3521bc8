import { hex8 } from './ids/hex8.ts'
import { imageId } from './ids/image-id.ts'

/**
 * What a symbol file is, apart from where it lies: kind and id, with the file name only where the id
 * is weak (PE). Hex text is upper case in `guid`, `uuid` and `codeId`, lower case in `buildId`; names are lower
 * case. Two paths mean the same file exactly when one of their identities is equal.
 */
export type Identity =
  /** MSF 7.00 PDB: GUID and DBI age; age 0 also stands for «no age» (SymStore leaves both out). */
  | { readonly kind: 'pdb'; readonly guid: string; readonly age: number }
  /** Portable PDB: the GUID alone, since clients send FFFFFFFF, 0, 1 or another age (BaGetter). */
  | { readonly kind: 'portable-pdb'; readonly guid: string }
  /** PDB 2.00 (NB10): 32-bit signature and age. */
  | { readonly kind: 'pdb20'; readonly signature: number; readonly age: number }
  /** PE image or DBG file: TimeDateStamp and SizeOfImage, both unsigned 32-bit, and the file name. */
  | {
      readonly kind: 'pe'
      readonly name: string
      readonly timestamp: number
      readonly sizeOfImage: number
    }
  /** ELF image by its GNU build-id, as many hex digits as the note has. */
  | { readonly kind: 'elf'; readonly buildId: string }
  /** ELF file with debug information, by the build-id of its image. */
  | { readonly kind: 'elf-debug'; readonly buildId: string }
  /** Mach-O image slice by LC_UUID. */
  | { readonly kind: 'macho'; readonly uuid: string }
  /** Mach-O dSYM companion slice by LC_UUID. */
  | { readonly kind: 'macho-debug'; readonly uuid: string }
  /** Breakpad text symbols: the debug id of the MODULE line (GUID and age by value). */
  | { readonly kind: 'breakpad'; readonly guid: string; readonly age: number }
  /** Breakpad text symbols by the code id of the INFO line and the code file's name. */
  | { readonly kind: 'breakpad-code'; readonly name: string; readonly codeId: string }
  /** WebAssembly by its build_id, lower-case hex. */
  | { readonly kind: 'wasm'; readonly buildId: string }
  /** WebAssembly with the debug information of a stripped module, which has the same build_id: `main.debug.wasm` (SSQP). */
  | { readonly kind: 'wasm-debug'; readonly buildId: string }
  /** Something filed under a path whose id says nothing about its content: name/id/file, lower case. */
  | { readonly kind: 'path'; readonly path: string }

/** The identity as one line of text, equal exactly for equal identities: the key of the index. */
export function identityKey(identity: Identity): string {
  switch (identity.kind) {
    case 'pdb':
      return `pdb:${identity.guid}:${identity.age.toString(16)}`
    case 'portable-pdb':
      return `portable-pdb:${identity.guid}`
    case 'pdb20':
      return `pdb20:${hex8(identity.signature)}:${identity.age.toString(16)}`
    case 'pe':
      return `pe:${imageId(identity.timestamp, identity.sizeOfImage)}:${identity.name}`
    case 'elf':
    case 'elf-debug':
    case 'wasm':
    case 'wasm-debug':
      return `${identity.kind}:${identity.buildId}`
    case 'macho':
    case 'macho-debug':
      return `${identity.kind}:${identity.uuid}`
    case 'breakpad':
      return `breakpad:${identity.guid}:${identity.age.toString(16)}`
    case 'breakpad-code':
      return `breakpad-code:${identity.codeId}:${identity.name}`
    case 'path':
      return `path:${identity.path}`
  }
}
