import { Readable } from 'node:stream'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { decodeBody } from './decode-body.ts'
import type { FileSource } from './file-source.ts'
import { s3Trouble } from './s3-trouble.ts'
import { S3Transport } from './s3-transport.ts'
import type { KeyCredentials, NetworkSettings } from './upstream-settings.ts'
import type { UpstreamAnswer, UpstreamRequest } from './upstream.ts'

/** Where a bucket is and who asks it. */
interface S3Options extends NetworkSettings {
  readonly bucket: string
  readonly prefix: string
  readonly region: string
  readonly endpoint: string | undefined
  readonly forcePathStyle: boolean
  readonly credentials: KeyCredentials | undefined
}

/** A bucket of S3, or of a server that speaks its protocol. */
export class S3Source implements FileSource {
  readonly #options: S3Options
  readonly #transport: S3Transport
  readonly #client: S3Client

  /** Throws `config_invalid` for settings that cannot work. */
  constructor(options: S3Options) {
    this.#options = options
    this.#transport = new S3Transport(options)
    const { credentials } = options
    this.#client = new S3Client({
      region: options.region,
      ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
      forcePathStyle: options.forcePathStyle,
      requestHandler: this.#transport,
      // Trying again is not for the SDK: it does not know the fill's patience.
      maxAttempts: 1,
      // Verification finds what is wrong with a file; other servers than Amazon's do not know the headers.
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestChecksumCalculation: 'WHEN_REQUIRED',
      credentials: credentials ?? { accessKeyId: '', secretAccessKey: '' },
      // A public bucket is asked without a signature.
      ...(credentials === undefined && {
        signer: { sign: (request) => Promise.resolve(request) },
      }),
    })
  }

  async get(
    location: string,
    _request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    const { bucket, prefix, proxy, timeouts } = this.#options
    const { totalMs } = timeouts
    const abortSignal =
      totalMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(totalMs)])
    const Key = prefix === '' ? location : `${prefix}/${location}`
    try {
      const command = new GetObjectCommand({ Bucket: bucket, Key })
      const object = await this.#client.send(command, { abortSignal })
      return toFound(object)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      return s3Trouble(error, proxy !== undefined)
    }
  }

  async close(): Promise<void> {
    this.#client.destroy()
    await this.#transport.close()
  }
}

function toFound({
  Body: body,
  ContentLength: size,
  ContentEncoding: encoding,
}: {
  readonly Body?: unknown
  readonly ContentLength?: number | undefined
  readonly ContentEncoding?: string | undefined
}): UpstreamAnswer {
  if (!(body instanceof Readable)) throw new TypeError('an object without a body')
  // The SDK itself signs chunks under this name, and objects keep it that were uploaded so.
  const name = (encoding ?? '')
    .toLowerCase()
    .replace(/(?:^|,\s*)aws-chunked/, '')
    .trim()
  const decoded = decodeBody(body, name)
  if (decoded === body) return { kind: 'found', body, size }
  if (decoded !== undefined) return { kind: 'found', body: decoded, size: undefined }
  body.destroy()
  return {
    kind: 'trouble',
    stage: 'download',
    blame: 'file',
    cause: `unknown Content-Encoding ${JSON.stringify(name.slice(0, 40))}`,
    reason: 'answer',
  }
}
