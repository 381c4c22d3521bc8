import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Busboy } from '@fastify/busboy'
import type { UploadPart } from '../../ingest/upload.ts'
import { AppError } from '../../lib/app-error.ts'
import { peekStream } from '../../lib/peek-stream.ts'
import { limitBody } from './limit-body.ts'

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b])

/** Bounds on what a form may hold beside its files. */
const FORM_LIMITS = {
  fields: 100,
  fieldNameSize: 100,
  fieldSize: 64 << 10,
  files: 10_000,
  headerPairs: 100,
}

/**
 * The body of an upload: raw, or the files of a multipart form, whose fields are added to `parameters`. A form
 * that comes with gzip may unfold to `maxBytes`; of raw bodies compression is the archive's business.
 */
export function uploadParts(
  request: IncomingMessage,
  body: Readable,
  parameters: URLSearchParams,
  maxBytes: number,
): AsyncIterable<UploadPart> {
  const contentType = request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data\s*;.*boundary=/i.test(contentType)) return rawPart(body, parameters)
  const isSaidGzip = /\bgzip\b/i.test(request.headers['content-encoding'] ?? '')
  return isSaidGzip
    ? packedFormParts(contentType, body, parameters, maxBytes)
    : formParts(contentType, body, parameters)
}

async function* rawPart(body: Readable, parameters: URLSearchParams): AsyncGenerator<UploadPart> {
  yield { body, fileName: parameters.get('upload_file') ?? undefined }
}

/** Clients say gzip of bodies that are not (morgue's `--compression`), so the bytes decide. */
async function* packedFormParts(
  contentType: string,
  body: Readable,
  parameters: URLSearchParams,
  maxBytes: number,
): AsyncGenerator<UploadPart> {
  const { head, stream } = await peekStream(body, GZIP_MAGIC.byteLength)
  if (!head.equals(GZIP_MAGIC)) return yield* formParts(contentType, stream, parameters)
  const inflated = createGunzip()
  let cause: unknown
  // The first to fail ends the other; why is told below, as the form sees only that its end is missing.
  pipeline(stream, inflated).catch((error: unknown) => {
    cause = error
  })
  const limited = limitBody(inflated, maxBytes, () => {})
  try {
    yield* formParts(contentType, limited, parameters)
  } catch (error) {
    throw cause === undefined || cause instanceof AppError ? (cause ?? error) : badForm(cause)
  } finally {
    limited.destroy()
    inflated.destroy()
  }
}

async function* formParts(
  contentType: string,
  body: Readable,
  parameters: URLSearchParams,
): AsyncGenerator<UploadPart> {
  const form = openForm(contentType)
  const arrived: UploadPart[] = []
  let ended = false
  let failure: Error | undefined
  let wake = (): void => {}
  const fail = (error: unknown): void => {
    failure ??= error instanceof AppError ? error : badForm(error)
    for (const part of arrived) part.body.destroy(failure)
    wake()
  }
  form.on('field', (name, value) => parameters.append(name, value))
  form.on('file', (_field, stream, fileName) => {
    // A form that breaks off fails its open file; whoever reads it sees that.
    stream.on('error', () => {})
    // What browsers send for a file field that was left empty.
    if (fileName === '') return void stream.resume()
    arrived.push({ body: stream, fileName: parameters.get('upload_file') ?? fileName })
    wake()
  })
  form.on('finish', () => {
    ended = true
    wake()
  })
  // It would pass over what is too much without a word.
  form.on('filesLimit', () => fail(tooMany('files')))
  form.on('fieldsLimit', () => fail(tooMany('fields')))
  form.on('error', fail)
  body.on('error', fail)
  // It may have broken off while the upload waited for its turn.
  if (body.errored !== null) fail(body.errored)
  body.pipe(form)
  try {
    for (;;) {
      const part = arrived[0]
      if (failure !== undefined) throw failure
      if (part !== undefined) {
        yield part
        arrived.shift()
        continue
      }
      if (ended) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    body.unpipe(form)
  }
}

function openForm(contentType: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: FORM_LIMITS })
  } catch (error) {
    throw badForm(error)
  }
}

function badForm(error: unknown): AppError {
  return new AppError('request_invalid', `bad multipart form: ${String(error)}`)
}

function tooMany(what: 'files' | 'fields'): AppError {
  return new AppError('limit_exceeded', `a form holds at most ${FORM_LIMITS[what]} ${what}`)
}
