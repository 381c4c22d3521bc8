import type { Identification } from '../identification.ts'
import type { Identity } from '../identity.ts'
import { keys } from '../keys.ts'
import { wasmPart } from '../wasm-part.ts'
import { accept } from './accept.ts'
import { DamagedFile } from './damaged-file.ts'
import { isPlaceholder } from './is-placeholder.ts'
import type { PagedReader } from './paged-reader.ts'

const HEADER_BYTES = 8
const CUSTOM_SECTION = 0
const SECTION_NAME = 'build_id'
/** A u32 in LEB128. */
const MAX_LEB_BYTES = 5
/** Real modules have some dozens. */
const MAX_SECTIONS = 4096
/** Ids are made part of file names; no digest is longer. */
const MAX_ID_BYTES = 65
const DEBUG_ID_DIGITS = 32

/**
 * Identifies a WebAssembly module by its build_id section (WebAssembly tool conventions, BuildId.md).
 * wasm-ld puts the id's length before it, which clients take for a part of the id: both forms are served.
 */
export async function identifyWasm(
  reader: PagedReader,
  name: string | undefined,
): Promise<Identification> {
  const version = (await reader.view(4, 4)).u32(0)
  if (version !== 1)
    return { status: 'skip', reason: `WebAssembly of version ${version}, not a core module` }
  const payload = await buildIdSection(reader)
  if (payload === undefined) throw new DamagedFile('the WebAssembly module has no build_id section')
  const whole = Buffer.from(payload).toString('hex')
  const buildId =
    payload.byteLength > 1 && payload[0] === payload.byteLength - 1 ? whole.slice(2) : whole
  if (buildId === '' || isPlaceholder(buildId))
    throw new DamagedFile('the WebAssembly build_id is empty or a placeholder')
  const debugId = debugIdOf(whole)
  const kind = wasmPart(name ?? '')
  const identities: Identity[] = [whole, buildId].map((id) => ({ kind, buildId: id }))
  // Who asks by the debug id of a longer one knows no more of it.
  const start = debugId?.slice(0, DEBUG_ID_DIGITS).toLowerCase()
  return accept(
    {
      kind: 'wasm',
      arch: 'wasm32',
      debugId,
      codeId: whole,
      buildId,
      identities: [...identities, ...(start === undefined ? [] : [{ kind, buildId: start }])],
      paths: keys(identities, name),
    },
    name,
  )
}

/** Sentry, the only one to make debug ids of modules, takes the first 16 bytes as they are, and makes none of fewer. */
function debugIdOf(id: string): string | undefined {
  const digits = id.slice(0, DEBUG_ID_DIGITS)
  return digits.length < DEBUG_ID_DIGITS ? undefined : `${digits.toUpperCase()}0`
}

/** The content of the custom section `build_id`; undefined when there is none. Every section must lie within the file. */
async function buildIdSection(reader: PagedReader): Promise<Uint8Array | undefined> {
  let at = HEADER_BYTES
  for (let count = 0; at < reader.size; count++) {
    if (count === MAX_SECTIONS)
      throw new DamagedFile('the WebAssembly module has too many sections')
    const id = (await reader.view(at, 1)).u8(0)
    const size = await leb(reader, at + 1)
    const end = size.next + size.value
    if (end > reader.size) throw new DamagedFile('a WebAssembly section is cut off')
    if (id === CUSTOM_SECTION) {
      const payload = await payloadIfNamed(reader, size.next, end)
      if (payload !== undefined) return payload
    }
    at = end
  }
  return undefined
}

async function payloadIfNamed(
  reader: PagedReader,
  start: number,
  end: number,
): Promise<Uint8Array | undefined> {
  const name = await leb(reader, start)
  const payload = name.next + name.value
  if (payload > end) throw new DamagedFile('a WebAssembly section name is cut off')
  if (name.value !== SECTION_NAME.length) return undefined
  const text = Buffer.from(await reader.read(name.next, name.value)).toString('latin1')
  if (text !== SECTION_NAME) return undefined
  if (end - payload > MAX_ID_BYTES)
    throw new DamagedFile(`the WebAssembly build_id has ${end - payload} bytes`)
  return reader.read(payload, end - payload)
}

async function leb(reader: PagedReader, offset: number): Promise<{ value: number; next: number }> {
  const view = await reader.view(offset, Math.max(0, Math.min(MAX_LEB_BYTES, reader.size - offset)))
  let value = 0
  for (let index = 0; index < MAX_LEB_BYTES; index++) {
    const byte = view.u8(index)
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, next: offset + index + 1 }
  }
  throw new DamagedFile('a WebAssembly number is too long')
}
