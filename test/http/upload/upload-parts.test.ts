import type { IncomingMessage } from 'node:http'
import { PassThrough, Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { limitBody } from '../../../src/http/upload/limit-body.ts'
import { uploadParts } from '../../../src/http/upload/upload-parts.ts'
import { AppError } from '../../../src/lib/app-error.ts'

/** What a form with gzip may unfold to. */
const MAX_BYTES = 1 << 20

const BOUNDARY = '----symgate'
const FORM = `multipart/form-data; boundary=${BOUNDARY}`

interface Field {
  readonly name: string
  readonly value: string | Buffer
  readonly fileName?: string
}

function form(...fields: readonly Field[]): Buffer {
  const parts = fields.flatMap(({ name, value, fileName }) => [
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${name}"`,
    fileName === undefined ? '' : `; filename="${fileName}"`,
    '\r\n\r\n',
    value,
    '\r\n',
  ])
  return Buffer.concat([...parts, `--${BOUNDARY}--\r\n`].map((part) => Buffer.from(part)))
}

const inPieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.byteLength / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
    { objectMode: false },
  )

/** Reads every part to its end, as an upload does. */
async function collect(
  body: Readable,
  contentType: string | undefined,
  parameters = new URLSearchParams(),
  encoding?: string,
): Promise<[string | undefined, string][]> {
  const headers = {
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  }
  const found: [string | undefined, string][] = []
  for await (const part of uploadParts({ headers } as IncomingMessage, body, parameters, MAX_BYTES))
    found.push([part.fileName, await text(part.body)])
  return found
}

describe('a raw body', () => {
  it.each([undefined, 'application/zip', 'multipart/mixed; boundary=x', 'multipart/form-data'])(
    'is one part, whatever its type (%s)',
    async (type) => {
      const parameters = new URLSearchParams('upload_file=app.pdb')
      expect(await collect(Readable.from(['abc']), type, parameters)).toEqual([['app.pdb', 'abc']])
      expect(await collect(Readable.from(['abc']), type)).toEqual([[undefined, 'abc']])
    },
  )
})

describe('a form', () => {
  it.each([1, 7, 100, 100_000])(
    'gives its files in order and its fields, and passes over file fields left empty, in pieces of %d bytes',
    async (size) => {
      const big = 'x'.repeat(3000)
      const parameters = new URLSearchParams('tag=1')
      const body = form(
        { name: 'product', value: 'before' },
        { name: 'a', value: 'first', fileName: 'dir/a.pdb' },
        { name: 'version', value: 'between' },
        { name: 'b', value: big, fileName: 'b.dll' },
        { name: 'c', value: '', fileName: '' },
        { name: 'comment', value: 'größe' },
      )
      expect(await collect(inPieces(body, size), FORM, parameters)).toEqual([
        ['a.pdb', 'first'],
        ['b.dll', big],
      ])
      expect(parameters.toString()).toBe(
        'tag=1&product=before&version=between&comment=gr%C3%B6%C3%9Fe',
      )
    },
  )

  it('of many small files and one of several megabytes loses none', async () => {
    const big = Buffer.alloc(5 << 20, 'big file ')
    const fields = Array.from({ length: 300 }, (_, index) => ({
      name: 'f',
      value: `content ${index}`,
      fileName: `f${index}.pdb`,
    }))
    const body = form(...fields, { name: 'big', value: big, fileName: 'big.pdb' }, ...fields)
    const found = await collect(inPieces(body, 65_536), FORM)
    expect(found).toHaveLength(601)
    expect(found[299]).toEqual(['f299.pdb', 'content 299'])
    expect(found[300]?.[1]).toBe(big.toString())
    expect(found[600]).toEqual(['f299.pdb', 'content 299'])
  })

  it('with an empty boundary has no parts', async () => {
    expect(await collect(inPieces(form(), 100), 'multipart/form-data; boundary=')).toEqual([])
  })

  it('of nothing has no parts', async () => {
    expect(await collect(inPieces(form(), 100), FORM)).toEqual([])
    const parameters = new URLSearchParams()
    const fields = form({ name: 'tag', value: '1' })
    expect(await collect(inPieces(fields, 100), FORM, parameters)).toEqual([])
    expect(parameters.get('tag')).toBe('1')
  })

  it('takes the file’s name from upload_file where it is given', async () => {
    const parameters = new URLSearchParams('upload_file=app.pdb')
    const body = form({ name: 'f', value: 'x', fileName: 'blob' })
    expect(await collect(inPieces(body, 100), FORM, parameters)).toEqual([['app.pdb', 'x']])
  })

  const whole = form(
    { name: 'tag', value: '1' },
    { name: 'f', value: 'y'.repeat(500), fileName: 'a.pdb' },
    { name: 'comment', value: 'z'.repeat(50) },
  )
  it.each([0, 30, 80, 150, 250, 500, 700, whole.byteLength - 8])(
    'that is cut after %d bytes is a bad request, not a shorter upload',
    async (length) => {
      const cut = collect(inPieces(whole.subarray(0, length), 64), FORM)
      await expect(cut).rejects.toMatchObject({ code: 'request_invalid' })
    },
  )

  it.each([
    'multipart/form-data; xboundary=y',
    'multipart/form-data; charset="boundary=x"',
    `multipart/form-data; boundary=${'x'.repeat(5000)}`,
  ])('without a usable boundary (%.60s) is a bad request', async (type) => {
    await expect(collect(inPieces(whole, 64), type)).rejects.toMatchObject({
      code: 'request_invalid',
    })
  })

  it.each([
    ['of text', Buffer.from('this is no form at all\r\n'.repeat(100))],
    [
      'with a damaged header',
      Buffer.from(`--${BOUNDARY}\r\n: : :\r\n\r\nx\r\n--${BOUNDARY}--\r\n`),
    ],
    ['with an endless header', Buffer.from(`--${BOUNDARY}\r\nx: ${'y'.repeat(300_000)}`)],
  ])('%s has no parts or is a bad request', async (_, bytes) => {
    const outcome = await collect(inPieces(bytes, 1000), FORM).catch((error: unknown) => error)
    expect(outcome instanceof AppError ? outcome.code : outcome).toSatisfy(
      (value: unknown) =>
        value === 'request_invalid' || (Array.isArray(value) && value.length === 0),
    )
  })

  it('with too many files or fields is refused, not cut', async () => {
    const files = Array.from({ length: 10_001 }, () => ({ name: 'f', value: '', fileName: 'f' }))
    await expect(collect(inPieces(form(...files), 65_536), FORM)).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
    const fields = Array.from({ length: 101 }, (_, index) => ({ name: `f${index}`, value: '1' }))
    await expect(collect(inPieces(form(...fields), 65_536), FORM)).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
  })

  it('fails its reader, wherever it is, when the body breaks off', async () => {
    const body = new PassThrough()
    const parts = uploadParts(
      { headers: { 'content-type': FORM } } as IncomingMessage,
      body,
      new URLSearchParams(),
      MAX_BYTES,
    )[Symbol.asyncIterator]()
    const first = parts.next()
    body.write(whole.subarray(0, 300))
    const part = (await first).value
    const reading = buffer(part!.body)
    body.destroy(new AppError('upload_interrupted', 'the upload broke off'))
    await expect(reading).rejects.toMatchObject({ code: 'upload_interrupted' })
    await expect(parts.next()).rejects.toMatchObject({ code: 'upload_interrupted' })
  })

  it('fails one who waits for the next part when the body breaks off', async () => {
    const body = new PassThrough()
    const waiting = collect(body, FORM)
    body.write(whole.subarray(0, 40))
    setImmediate(() => body.destroy(new AppError('upload_interrupted', 'the upload broke off')))
    await expect(waiting).rejects.toMatchObject({ code: 'upload_interrupted' })
  })

  it('over the limit of uploads says so', async () => {
    const limited = limitBody(inPieces(whole, 64), 400, () => {})
    await expect(collect(limited, FORM)).rejects.toMatchObject({ code: 'limit_exceeded' })
  })

  it('lets go of the body when its reader gives up', async () => {
    const body = new PassThrough()
    body.write(whole.subarray(0, 300))
    const parts = uploadParts(
      { headers: { 'content-type': FORM } } as IncomingMessage,
      body,
      new URLSearchParams(),
      MAX_BYTES,
    )
    for await (const _ of parts) break
    expect(body.listenerCount('data')).toBe(0)
    body.destroy(new Error('late'))
    await new Promise((resolve) => setImmediate(resolve))
  })
})

describe('a form that says gzip', () => {
  const fields = [
    { name: 'tag', value: '1.2.3' },
    { name: 'upload_file', value: 'content', fileName: 'app.pdb' },
  ]

  it.each([
    ['is', gzipSync(form(...fields))],
    ['is not', form(...fields)],
  ])('is read whether it %s', async (_, bytes) => {
    const parameters = new URLSearchParams()
    expect(await collect(inPieces(bytes, 7), FORM, parameters, 'gzip')).toEqual([
      ['app.pdb', 'content'],
    ])
    expect(parameters.get('tag')).toBe('1.2.3')
  })

  it('and is cut is told as that', async () => {
    const cut = gzipSync(form(...fields)).subarray(0, 60)
    await expect(collect(inPieces(cut, 7), FORM, undefined, 'gzip')).rejects.toMatchObject({
      code: 'request_invalid',
    })
  })

  it('unfolds to no more than an upload may have', async () => {
    const bomb = gzipSync(
      form({ name: 'a', value: Buffer.alloc(2 * MAX_BYTES), fileName: 'a.zip' }),
    )
    await expect(collect(inPieces(bomb, 1000), FORM, undefined, 'gzip')).rejects.toMatchObject({
      code: 'limit_exceeded',
    })
  })
})
