import { describe, expect, it } from 'vitest'
import { identifyWasm } from '../../../src/symbols/formats/identify-wasm.ts'
import { PagedReader } from '../../../src/symbols/formats/paged-reader.ts'
import type { Identification } from '../../../src/symbols/identification.ts'
import { MemoryReader } from '../../helpers/memory-reader.ts'

const id = Buffer.from('451834ad25a0ce733f9dd172ee0604954ae9da6c', 'hex')
const header = Buffer.from('\0asm\x01\0\0\0', 'latin1')

function leb(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>>= 7
  } while (rest > 0)
  return Buffer.from(bytes)
}

function section(number: number, ...content: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(content)
  return Buffer.concat([Buffer.from([number]), leb(bytes.byteLength), bytes])
}

function custom(name: string, content: Buffer): Buffer {
  return section(0, leb(name.length), Buffer.from(name), content)
}

function identifyBytes(...parts: readonly Buffer[]): Promise<Identification> {
  return identifyWasm(new PagedReader(new MemoryReader(Buffer.concat(parts))), 'main.wasm')
}

describe('identifyWasm', () => {
  it('answers with and without the length before the id, first as clients ask', async () => {
    const whole = `14${id.toString('hex')}`
    const code = section(10, Buffer.alloc(70_000))
    expect(
      await identifyBytes(
        header,
        custom('name', id),
        code,
        custom('build_id', Buffer.concat([leb(20), id])),
      ),
    ).toEqual({
      status: 'accept',
      kind: 'wasm',
      arch: 'wasm32',
      debugId: '14451834AD25A0CE733F9DD172EE06040',
      codeId: whole,
      buildId: id.toString('hex'),
      identities: [
        { kind: 'wasm', buildId: whole },
        { kind: 'wasm', buildId: id.toString('hex') },
        { kind: 'wasm', buildId: whole.slice(0, 32) },
      ],
      keys: [`main.wasm/${whole}/main.wasm`, `main.wasm/${id.toString('hex')}/main.wasm`],
    })
  })

  it('makes no debug id of an id that is too short for one, as Sentry does not', async () => {
    const short = Buffer.from('0801234567890abcde', 'hex')
    const found = await identifyBytes(header, custom('build_id', short))
    expect(found).toMatchObject({ status: 'accept', buildId: '01234567890abcde' })
    expect(found).not.toHaveProperty('debugId')
  })

  it('takes an id without length as it is', async () => {
    expect(await identifyBytes(header, custom('build_id', id))).toMatchObject({
      buildId: id.toString('hex'),
      identities: [
        { kind: 'wasm', buildId: id.toString('hex') },
        { kind: 'wasm', buildId: id.toString('hex').slice(0, 32) },
      ],
      keys: [`main.wasm/${id.toString('hex')}/main.wasm`],
    })
  })

  it('skips components, which are no core modules', async () => {
    expect(await identifyBytes(Buffer.from('\0asm\x0d\0\x01\0', 'latin1'))).toMatchObject({
      status: 'skip',
    })
  })

  it.each([
    ['no build_id', [section(10, Buffer.alloc(10))]],
    ['an empty build_id', [custom('build_id', Buffer.alloc(0))]],
    ['an all-zero build_id', [custom('build_id', Buffer.alloc(16))]],
    ['a build_id of 66 bytes', [custom('build_id', Buffer.alloc(66, 1))]],
    ['a cut section', [Buffer.from([10, 0xff, 0xff, 0x7f])]],
    ['an endless number', [Buffer.from([10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])]],
    ['a number cut by the end', [Buffer.from([10, 0xff])]],
    ['a name longer than its section', [section(0, leb(200))]],
    ['more sections than any module', [Buffer.alloc(2 * 5000, Buffer.from([1, 0]))]],
  ])('refuses %s', async (_, parts) => {
    await expect(identifyBytes(header, ...parts)).rejects.toThrow(
      /build_id|cut off|too long|too many/,
    )
  })
})
