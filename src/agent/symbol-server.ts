import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { NamedFile } from './answered-rows.ts'
import type { Connection, ServerRequest } from './connection.ts'
import type { LocalSymbol } from './local-file.ts'
import { ServerError } from './server-error.ts'

/** What the server has under a file's path: these bytes, others, or nothing. */
export type FileState = 'present' | 'absent' | 'different'

/** What the uploader says of the packages. */
export interface PushDetails {
  readonly tag: string | undefined
  readonly product: string | undefined
  readonly version: string | undefined
  /** Equal for all packages of this push, so that the server counts them as one. */
  readonly build: string
  readonly strict: boolean
  readonly onConflict: 'keep' | 'replace' | undefined
}

const states = z.object({ files: z.array(z.enum(['present', 'absent', 'different'])) })

const uploaded = z.object({
  upload: z.object({
    id: z.string(),
    files: z.array(
      z.object({ path: z.string(), status: z.string(), reason: z.string().optional() }),
    ),
  }),
})

/** What became of an upload. */
export type UploadAnswer = z.output<typeof uploaded>['upload']

/** What an agent asks of a symgate. Fails with a ServerError. */
export class SymbolServer {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** What the server has of these files, in their order. */
  async states(files: readonly LocalSymbol[]): Promise<readonly FileState[]> {
    const asked = files.map(({ key, size, sha256 }) => ({ path: key, size, sha256 }))
    const answer = states.safeParse(
      await this.#connection.call({
        method: 'POST',
        path: '/api/v1/exists',
        contentType: 'application/json',
        body: JSON.stringify({ files: asked }),
      }),
    )
    if (answer.success && answer.data.files.length === files.length) return answer.data.files
    throw new ServerError(`${this.#connection.url} does not answer as a symgate does`, {
      isGeneral: true,
    })
  }

  /**
   * Makes a package of files that are there already. What has gone meanwhile has no row in the answer; a package
   * of which nothing came is an answer, too.
   */
  async hold(
    { tag, product, version, build }: PushDetails,
    files: readonly NamedFile[],
  ): Promise<UploadAnswer> {
    const held = files.map(({ path, file: { key, size, sha256 } }) => ({
      name: path,
      path: key,
      size,
      sha256,
    }))
    return await this.#upload({
      path: '/api/v1/holds',
      contentType: 'application/json',
      body: JSON.stringify({ tag, product, version, build, files: held }),
    })
  }

  /** Sends one package. A package that was refused after all was looked at is an answer, too. */
  async upload(details: PushDetails, body: Readable, contentType: string): Promise<UploadAnswer> {
    const { strict, onConflict, ...texts } = details
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(texts))
      if (value !== undefined) query.set(name, value)
    if (strict) query.set('strict', '1')
    if (onConflict !== undefined) query.set('on_conflict', onConflict)
    const path = `/api/v1/uploads?${query.toString()}`
    try {
      return await this.#upload({ path, body, contentType })
    } finally {
      body.destroy()
    }
  }

  async #upload(request: Omit<ServerRequest, 'method'>): Promise<UploadAnswer> {
    const answer = await this.#connection.call({ ...request, method: 'POST' }, [422])
    const { success, data } = uploaded.safeParse(answer)
    if (success) return data.upload
    throw this.#connection.refusal({ statusCode: 422, headers: {} }, answer)
  }
}
