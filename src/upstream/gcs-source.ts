import { unlessAborted } from '../lib/unless-aborted.ts'
import { ACCEPT_ENCODING } from './decode-body.ts'
import type { FileSource } from './file-source.ts'
import { GoogleToken } from './google-token.ts'
import { HttpClient, type HttpAnswer } from './http-client.ts'
import { requestTrouble } from './request-trouble.ts'
import { toAnswer } from './to-answer.ts'
import type { NetworkSettings, ServiceAccount } from './upstream-settings.ts'
import type { UpstreamAnswer, UpstreamRequest, UpstreamTrouble } from './upstream.ts'

/** Of an error page, enough for its code. */
const MAX_ERROR_BYTES = 4096

/** Where a bucket is and who asks it. */
interface GcsOptions extends NetworkSettings {
  readonly bucket: string
  readonly prefix: string
  readonly endpoint: string
  readonly credentials: ServiceAccount | undefined
}

interface Authorization {
  readonly kind: 'headers'
  readonly headers: Readonly<Record<string, string>>
}

/** A bucket of Google Cloud Storage, by its XML API: public, or with a service account's token. */
export class GcsSource implements FileSource {
  readonly #options: GcsOptions
  readonly #base: string
  readonly #client: HttpClient
  readonly #token: GoogleToken | undefined

  /** Throws `config_invalid` for settings that cannot work. */
  constructor(options: GcsOptions) {
    const { endpoint, bucket, prefix, credentials } = options
    this.#options = options
    this.#base = `${endpoint}/${bucket}${prefix === '' ? '' : `/${encodePath(prefix)}`}`
    this.#client = new HttpClient(endpoint, options)
    if (credentials !== undefined) {
      this.#token = new GoogleToken(credentials.json, this.#client.dispatcher)
    }
  }

  async get(
    location: string,
    _request: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    signal.throwIfAborted()
    // Others may wait for the same token: it is fetched on, within the time-outs of its connection.
    const credentials = await unlessAborted(this.#authorization(), signal)
    if (credentials.kind === 'trouble') return credentials
    const url = `${this.#base}/${encodePath(location)}`
    const headers = {
      everywhere: { 'accept-encoding': ACCEPT_ENCODING },
      own: credentials.headers,
    }
    const answer = await this.#client.get(url, headers, signal)
    if (answer.kind === 'trouble') return answer
    return answer.status === 404 ? await absence(answer) : await toAnswer(answer)
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async #authorization(): Promise<Authorization | UpstreamTrouble> {
    try {
      return { kind: 'headers', headers: (await this.#token?.headers()) ?? {} }
    } catch (error) {
      const trouble = requestTrouble(error, this.#options.proxy !== undefined)
      // Google's own refusal has a status, a broken connection to it has none.
      const isRefused = error instanceof Error && 'status' in error && error.status !== undefined
      const cause = `no token from Google: ${trouble.cause}`
      return isRefused ? { ...trouble, reason: 'unauthorized', cause } : { ...trouble, cause }
    }
  }
}

/** Whether the object is absent or the whole bucket. */
async function absence({ body }: HttpAnswer): Promise<UpstreamAnswer> {
  let text = ''
  for await (const chunk of body as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1')
    if (text.length > MAX_ERROR_BYTES) break
  }
  if (!text.includes('<Code>NoSuchBucket</Code>')) return { kind: 'absent' }
  return {
    kind: 'trouble',
    stage: 'download',
    blame: 'host',
    cause: 'NoSuchBucket (status 404)',
    reason: 'missing_store',
  }
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
