import { basicHeader } from './basic-header.ts'
import { ACCEPT_ENCODING } from './decode-body.ts'
import type { FileSource } from './file-source.ts'
import { HttpClient } from './http-client.ts'
import { toAnswer } from './to-answer.ts'
import type { DebuginfodSettings, HttpSettings } from './upstream-settings.ts'
import type { UpstreamAnswer, UpstreamRequest } from './upstream.ts'

/** A web server that has each file at its location below a base address. */
export class HttpSource implements FileSource {
  readonly #base: string
  readonly #credentials: Readonly<Record<string, string>>
  readonly #namesForwards: boolean
  readonly #client: HttpClient

  /** Throws `config_invalid` for settings that cannot work. */
  constructor(settings: HttpSettings | DebuginfodSettings) {
    this.#base = settings.url
    this.#credentials = credentialHeaders(settings)
    this.#namesForwards = settings.type === 'debuginfod'
    this.#client = new HttpClient(settings.url, settings)
  }

  async get(
    location: string,
    { acceptsMsfz, checksum, via }: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    const everywhere = {
      'accept-encoding': ACCEPT_ENCODING,
      via,
      ...(this.#namesForwards && { 'x-forwarded-for': forwarders(via) }),
      ...(acceptsMsfz && { accept: 'application/msfz0, */*' }),
      ...(checksum !== undefined && { symbolchecksum: checksum }),
    }
    const url = `${this.#base}/${location.split('/').map(encodeURIComponent).join('/')}`
    const answer = await this.#client.get(url, { everywhere, own: this.#credentials }, signal)
    return answer.kind === 'trouble' ? answer : await toAnswer(answer)
  }

  async close(): Promise<void> {
    await this.#client.close()
  }
}

/** The symgates of a Via header, by which each knows its own requests when debuginfod servers hand them on. */
function forwarders(via: string): string {
  return (via.match(/\bsymgate-[a-z2-7]+/g) ?? []).join(', ')
}

function credentialHeaders({
  credentials,
}: HttpSettings | DebuginfodSettings): Readonly<Record<string, string>> {
  switch (credentials?.kind) {
    case undefined:
      return {}
    case 'basic':
      return { authorization: basicHeader(credentials.username, credentials.password), ...NO_LOGIN }
    case 'bearer':
      return { authorization: `Bearer ${credentials.token}`, ...NO_LOGIN }
  }
}

/** Azure DevOps answers 401 to a refused token then, and does not send it to a page for people (.NET's client). */
const NO_LOGIN = { 'x-tfs-fedauthredirect': 'Suppress' }
