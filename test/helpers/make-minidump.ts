/** What is known of a process of Linux on x86-64 at the moment of its crash. */
export interface CrashedProcess {
  /** The registers of the crashed thread, by name; `rip`, `rsp` and `rbp` at least. */
  readonly registers: Readonly<Record<string, bigint>>
  readonly stack: { readonly start: bigint; readonly bytes: Buffer }
  readonly modules: readonly {
    readonly name: string
    readonly base: bigint
    readonly size: number
    /** GNU build-id, hexadecimal. */
    readonly buildId: string
  }[]
}

const HEADER_BYTES = 32
const ENTRY_BYTES = 12
const [THREADS, MODULES, MEMORY, EXCEPTION, SYSTEM] = [3, 4, 5, 6, 7]
const CONTEXT_BYTES = 1232
const CONTEXT_FULL = 0x10_000b
/** Where each register lies in a CONTEXT of AMD64. */
const REGISTERS = 'rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 rip'
  .split(' ')
  .map((name, index) => [name, 120 + 8 * index] as const)
const AMD64 = 9
const LINUX = 0x8201
const SIGSEGV = 11
/** Signature of a record that holds a build-id (Breakpad, minidump_cpu_amd64.h and minidump_format.h). */
const ELF_RECORD = 0x4270_454c
const THREAD_ID = 1

/** Writes a minidump as a crash reporter would: one thread with its stack, the modules, the exception. */
export function makeMinidump({ registers, stack, modules }: CrashedProcess): Buffer {
  const parts: Buffer[] = []
  let end = HEADER_BYTES + 5 * ENTRY_BYTES
  const add = (bytes: Buffer): { size: number; at: number } => {
    const at = end
    parts.push(bytes)
    end += bytes.byteLength
    return { size: bytes.byteLength, at }
  }
  const stackAt = add(stack.bytes)
  const contextAt = add(context(registers))
  const memory = Buffer.concat([u64(stack.start), u32(stackAt.size, stackAt.at)])
  const moduleRecords = modules.map(({ name, base, size, buildId }) => {
    const nameAt = add(text(name)).at
    const record = add(Buffer.concat([u32(ELF_RECORD), Buffer.from(buildId, 'hex')]))
    const version = Buffer.alloc(13 * 4)
    const nothing = Buffer.alloc(8 + 16)
    return Buffer.concat([
      u64(base),
      u32(size, 0, 0, nameAt),
      version,
      u32(record.size, record.at),
      nothing,
    ])
  })
  const thread = Buffer.concat([
    u32(THREAD_ID, 0, 0, 0),
    u64(0n),
    memory,
    u32(contextAt.size, contextAt.at),
  ])
  const exception = Buffer.concat([
    u32(THREAD_ID, 0, SIGSEGV, 0),
    u64(0n),
    u64(registers['rip'] ?? 0n),
    Buffer.alloc(8 + 15 * 8),
    u32(contextAt.size, contextAt.at),
  ])
  const streams = [
    [SYSTEM, systemInfo(add(text('')).at)],
    [THREADS, Buffer.concat([u32(1), thread])],
    [MODULES, Buffer.concat([u32(modules.length), ...moduleRecords])],
    [MEMORY, Buffer.concat([u32(1), memory])],
    [EXCEPTION, exception],
  ] as const
  const directory = streams.map(([type, bytes]) => {
    const { size, at } = add(bytes)
    return u32(type, size, at)
  })
  const header = Buffer.concat([
    Buffer.from('MDMP'),
    u32(0xa793, streams.length, HEADER_BYTES, 0, 0),
    u64(0n),
  ])
  return Buffer.concat([header, ...directory, ...parts])
}

function context(registers: CrashedProcess['registers']): Buffer {
  const bytes = Buffer.alloc(CONTEXT_BYTES)
  bytes.writeUInt32LE(CONTEXT_FULL, 48)
  for (const [name, offset] of REGISTERS) bytes.writeBigUInt64LE(registers[name] ?? 0n, offset)
  return bytes
}

function systemInfo(versionAt: number): Buffer {
  const bytes = Buffer.alloc(56)
  bytes.writeUInt16LE(AMD64, 0)
  bytes.writeUInt8(1, 6)
  bytes.writeUInt32LE(LINUX, 20)
  bytes.writeUInt32LE(versionAt, 24)
  return bytes
}

/** A string with its length ahead, in UTF-16. */
function text(value: string): Buffer {
  const characters = Buffer.from(value, 'utf16le')
  return Buffer.concat([u32(characters.byteLength), characters, Buffer.alloc(2)])
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index)
  return bytes
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(value)
  return bytes
}
