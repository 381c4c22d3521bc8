import type { Identity } from './identity.ts'

/** The kinds of symbol file that symgate tells apart by content. */
export const FILE_KINDS = [
  'pdb',
  'pdb20',
  'portable-pdb',
  'msfz',
  'pe',
  'dbg',
  'elf',
  'macho',
  'breakpad',
  'wasm',
] as const

/** One of these kinds. */
export type FileKind = (typeof FILE_KINDS)[number]

/** A portable PDB that lies in an image, deflated: where, and what it is called. */
export interface EmbeddedPdb {
  readonly offset: number
  readonly packedBytes: number
  /** As the image states it. */
  readonly bytes: number
  /** Empty when the image does not say. */
  readonly name: string
}

/** An accepted file, or one slice of a fat one. */
export interface AcceptedFile {
  readonly status: 'accept'
  readonly kind: FileKind
  /** Processor in the field's usual short form: x86, x86_64, arm, arm64, … */
  readonly arch?: string
  /** Breakpad debug id: GUID upper, age lower hex, no padding. */
  readonly debugId?: string
  /** PE timestamp and size, or the whole build-id. */
  readonly codeId?: string
  /** GNU build-id, wasm build_id: lower-case hex. */
  readonly buildId?: string
  /** Every identity under which the file can be asked for; empty only while `needsName`. */
  readonly identities: readonly Identity[]
  /** Every path `name/id/file` of the known layouts; the first is SymStore's. Empty while `needsName`. */
  readonly keys: readonly string[]
  /** The identity needs a file name and none was given. */
  readonly needsName?: boolean
  /** What an upload hosts beside the image. */
  readonly embeddedPdb?: EmbeddedPdb
  /** The slices of a fat Mach-O file, each with its own ids; identities and keys above hold them all. */
  readonly slices?: readonly AcceptedFile[]
}

/** What a file is, told from its bytes (and its name, where identity needs one). */
export type Identification =
  | AcceptedFile
  /** Looks like a symbol file but is damaged or has no usable id. */
  | { readonly status: 'reject'; readonly kind?: FileKind; readonly reason: string }
  /** Not a symbol file at all. */
  | { readonly status: 'skip'; readonly reason: string }
