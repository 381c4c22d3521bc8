import type { Readable } from 'node:stream'
import { z } from 'zod'
import type { Connection } from './connection.ts'
import type { LocalSymbol } from './local-file.ts'
import { memberPath } from './member-path.ts'
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

const holding = z.object({ upload: z.object({ id: z.string(), duplicates: z.number() }) })

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

  /** Makes a package of files that are there already; gives its id. */
  async hold(
    { tag, product, version, build }: PushDetails,
    files: readonly LocalSymbol[],
  ): Promise<string> {
    const held = files.map(({ path, key, size, sha256 }) => ({
      name: memberPath(path),
      path: key,
      size,
      sha256,
    }))
    const answer = await this.#connection.call({
      method: 'POST',
      path: '/api/v1/holds',
      contentType: 'application/json',
      body: JSON.stringify({ tag, product, version, build, files: held }),
    })
    const { upload } = holding.parse(answer)
    if (upload.duplicates === files.length) return upload.id
    throw new ServerError(
      `${files.length - upload.duplicates} files have gone from the server meanwhile: push again`,
    )
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
      const answer = await this.#connection.call({ method: 'POST', path, body, contentType }, [422])
      const { success, data } = uploaded.safeParse(answer)
      if (success) return data.upload
      throw this.#connection.refusal({ statusCode: 422, headers: {} }, answer)
    } finally {
      body.destroy()
    }
  }
}
