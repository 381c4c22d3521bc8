import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { Readable } from 'node:stream'
import { AppError } from '../../lib/app-error.ts'
import type { ByteRange } from '../../lib/byte-range.ts'
import { createS3Client } from '../../lib/create-s3-client.ts'
import { conditionParameters } from './condition-parameters.ts'
import { failureOf } from './failure-of.ts'
import type { S3Settings } from './s3-settings.ts'
import { SignedBodies } from './signed-bodies.ts'
import { unlessRefused } from './unless-refused.ts'
import type { WriteCondition } from './write-condition.ts'

/** What a bucket tells of an object. */
export interface ObjectHead {
  readonly size: number
  /** The service's version tag, with quotes as it comes. */
  readonly etag: string
  readonly modifiedAtMs: number
  /** Lower-case hex, where whoever wrote the object has said so. */
  readonly sha256: string | undefined
}

/** A part of an object, on its way. */
export interface ObjectBody extends ObjectHead {
  readonly body: Readable
}

/** An object as a listing gives it. */
export interface ListedObject {
  /** Without the prefix of the bucket. */
  readonly key: string
  readonly size: number
  readonly etag: string
  readonly modifiedAtMs: number
}

/** After all that any key has. */
const LAST_CHARACTER = '\u{10FFFF}'

/** Keys that the service deletes in one request. */
const MAX_DELETED = 1000

/** The metadata in which symgate keeps the hash of what it stores. */
const SHA256 = 'sha256'

/** One bucket, or the part of it below a prefix. Keys are without the prefix. */
export class S3Bucket {
  readonly client: S3Client
  readonly settings: S3Settings
  readonly bodies: SignedBodies
  /** What the service's clock said last; 0 before the first answer. */
  #serviceTimeMs = 0

  /** Rejects when nothing may be written; called before every write. */
  readonly beforeWrite: () => Promise<void>

  constructor(
    settings: S3Settings,
    beforeWrite: () => Promise<void> = async () => {
      // Nobody forbids it.
    },
  ) {
    this.beforeWrite = beforeWrite
    this.client = createS3Client(settings)
    this.bodies = new SignedBodies(this.client)
    this.settings = settings
    this.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args)
        const { headers } = result.response as { headers?: Record<string, string> }
        const date = Date.parse(headers?.['date'] ?? '')
        if (!Number.isNaN(date)) this.#serviceTimeMs = date
        return result
      },
      { step: 'deserialize', name: 'serviceTime' },
    )
  }

  /** The service's clock as its last answer told it; 0 when none did. */
  get serviceTimeMs(): number {
    return this.#serviceTimeMs
  }

  /** How people write it. */
  get url(): string {
    const { bucket, prefix, endpoint } = this.settings
    return `s3://${bucket}/${prefix}${endpoint === undefined ? '' : ` at ${endpoint}`}`
  }

  /** The parameters that name an object. */
  at(key: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.settings
    return { Bucket: bucket, Key: prefix + key }
  }

  /** The parameters that a written object gets beside its content. */
  stored(sha256: string | undefined): {
    Metadata?: Record<string, string>
    ServerSideEncryption?: 'AES256' | 'aws:kms'
    SSEKMSKeyId?: string
  } {
    const { encryption } = this.settings
    const keyId = encryption?.algorithm === 'aws:kms' ? encryption.keyId : undefined
    return {
      ...(sha256 !== undefined && { Metadata: { [SHA256]: sha256 } }),
      ...(encryption !== undefined && { ServerSideEncryption: encryption.algorithm }),
      ...(keyId !== undefined && { SSEKMSKeyId: keyId }),
    }
  }

  /** Rejects with `store_unusable` when the bucket cannot be listed. */
  async check(signal?: AbortSignal): Promise<void> {
    const { bucket, prefix } = this.settings
    try {
      await this.client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }),
        signal && { abortSignal: signal },
      )
    } catch (cause) {
      throw new AppError('store_unusable', `cannot use ${this.url}: ${String(cause)}`, { cause })
    }
  }

  /** What is known of the object, or undefined when there is none. */
  async head(key: string): Promise<ObjectHead | undefined> {
    try {
      const answer = await this.client.send(new HeadObjectCommand(this.at(key)))
      return toHead(answer, answer.ContentLength)
    } catch (error) {
      if (failureOf(error)?.status === 404) return undefined
      throw error
    }
  }

  /**
   * Begins to read the object, all of it or the given bytes, of the given version if one is given.
   * Undefined when there is none; `past` when it ends before the range begins; rejects when its version is
   * another one.
   */
  async get(
    key: string,
    { range, etag }: { range?: ByteRange | undefined; etag?: string } = {},
  ): Promise<ObjectBody | 'past' | undefined> {
    try {
      const answer = await this.client.send(
        new GetObjectCommand({
          ...this.at(key),
          ...(range !== undefined && { Range: toHeader(range) }),
          ...(etag !== undefined && { IfMatch: etag }),
        }),
      )
      if (!(answer.Body instanceof Readable)) throw new Error('the body is no stream')
      const total = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1]
      const size = total === undefined ? answer.ContentLength : Number(total)
      return { ...toHead(answer, size), body: answer.Body }
    } catch (error) {
      const failure = failureOf(error)
      if (failure?.code === 'NoSuchKey') return undefined
      if (failure?.status === 416) return 'past'
      throw error
    }
  }

  /** The object's text, and its version, or undefined when there is none. */
  async getText(
    key: string,
  ): Promise<{ text: string; etag: string; modifiedAtMs: number } | undefined> {
    const answer = await this.get(key)
    if (answer === undefined || answer === 'past') return undefined
    const { etag, modifiedAtMs } = answer
    return { text: toText(await answer.body.toArray()), etag, modifiedAtMs }
  }

  /**
   * Writes a small object and resolves its version; `refused` when the condition does not hold, and then
   * nothing is written.
   */
  async put(
    key: string,
    content: Uint8Array,
    { sha256, condition }: { sha256: string; condition?: WriteCondition | undefined },
  ): Promise<{ etag: string } | 'refused'> {
    await this.beforeWrite()
    const command = new PutObjectCommand({
      ...this.at(key),
      ...this.stored(sha256),
      ...conditionParameters(condition),
      Body: content,
      ContentType: 'application/octet-stream',
      ...this.checksum(sha256),
    })
    this.bodies.set(content, sha256)
    const answer = await unlessRefused(() => this.client.send(command))
    return answer === 'refused' ? answer : { etag: answer.ETag ?? '' }
  }

  /** The parameter that has the service check the content by a checksum of its own. */
  checksum(sha256: string): { ChecksumSHA256?: string } {
    if (this.settings.checksums === 'when_required') return {}
    return { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }
  }

  /** Deletes the objects; absent ones are passed over. */
  async delete(keys: readonly string[]): Promise<void> {
    await this.beforeWrite()
    for (let start = 0; start < keys.length; start += MAX_DELETED) {
      const some = keys.slice(start, start + MAX_DELETED)
      const { Errors: errors = [] } = await this.client.send(
        new DeleteObjectsCommand({
          Bucket: this.settings.bucket,
          Delete: { Objects: some.map((key) => ({ Key: this.at(key).Key })), Quiet: true },
        }),
      )
      const [first] = errors
      if (first !== undefined)
        throw new Error(`${String(first.Key)} was not deleted: ${first.Code} ${first.Message}`)
    }
  }

  /**
   * The objects below a folder (all for none) in the order of their keys, page by page; only those after
   * `after` and not those below `except`, where given.
   */
  async *list({
    folder = '',
    after,
    except,
  }: { folder?: string; after?: string | undefined; except?: string } = {}): AsyncGenerator<
    readonly ListedObject[]
  > {
    const { bucket, prefix } = this.settings
    for (let from = after; ;) {
      const { Contents: contents = [], IsTruncated: more } = await this.client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix + folder,
          ...(from !== undefined && { StartAfter: prefix + from }),
        }),
      )
      const page = contents.map(({ Key, Size, ETag, LastModified }) => ({
        key: (Key ?? '').slice(prefix.length),
        size: Size ?? 0,
        etag: ETag ?? '',
        modifiedAtMs: LastModified?.getTime() ?? 0,
      }))
      const isWanted = ({ key }: ListedObject): boolean =>
        except === undefined || !key.startsWith(except)
      yield page.filter(isWanted)
      const last = page.at(-1)
      if (more !== true || last === undefined) return
      from = isWanted(last) ? last.key : `${except}${LAST_CHARACTER}`
    }
  }
}

function toHeader({ start, end }: ByteRange): string {
  return end === Infinity ? `bytes=${start}-` : `bytes=${start}-${end - 1}`
}

function toHead(
  answer: Pick<HeadObjectCommandOutput, 'ETag' | 'LastModified' | 'Metadata'>,
  size: number | undefined,
): ObjectHead {
  if (size === undefined || answer.ETag === undefined)
    throw new Error('the service tells neither size nor version')
  return {
    size,
    etag: answer.ETag,
    modifiedAtMs: answer.LastModified?.getTime() ?? 0,
    sha256: answer.Metadata?.[SHA256],
  }
}

function toText(chunks: Uint8Array[]): string {
  return Buffer.concat(chunks).toString('utf8')
}
