import { JWT } from 'google-auth-library'
import { request, type Dispatcher } from 'undici'
import { AppError } from '../lib/app-error.ts'

/** Reading is all that is done with a bucket. */
const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_only'

/** A service account's access tokens, fetched over an upstream's own connections and kept for their lifetime. */
export class GoogleToken {
  readonly #jwt: JWT

  /** Throws `config_invalid` when the text is not the key of a service account. */
  constructor(json: string, dispatcher: Dispatcher) {
    const { email, key, keyId } = readKey(json)
    this.#jwt = new JWT({
      email,
      key,
      ...(keyId !== undefined && { keyId }),
      scopes: [SCOPE],
      transporterOptions: {
        fetchImplementation: (input, init) => post(new Request(input).url, init, dispatcher),
      },
    })
  }

  /** Headers with a token that is valid now; rejects when Google gives none. */
  async headers(): Promise<{ authorization: string }> {
    const { token } = await this.#jwt.getAccessToken()
    if (typeof token !== 'string') throw new Error('there was no token in the answer')
    return { authorization: `Bearer ${token}` }
  }
}

async function post(
  url: string,
  init: RequestInit | undefined,
  dispatcher: Dispatcher,
): Promise<Response> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...Object.fromEntries(new Headers(init?.headers)),
    },
    body: init?.body instanceof URLSearchParams ? init.body.toString() : null,
  })
  const contentType = String(headers['content-type'] ?? 'application/json')
  return new Response(await body.text(), {
    status: statusCode,
    headers: { 'content-type': contentType },
  })
}

function readKey(json: string): { email: string; key: string; keyId: string | undefined } {
  const value: unknown = parse(json)
  if (typeof value === 'object' && value !== null) {
    const email: unknown = Reflect.get(value, 'client_email')
    const key: unknown = Reflect.get(value, 'private_key')
    const keyId: unknown = Reflect.get(value, 'private_key_id')
    if (typeof email === 'string' && typeof key === 'string')
      return { email, key, keyId: typeof keyId === 'string' ? keyId : undefined }
  }
  throw new AppError(
    'config_invalid',
    'the service account has no client_email and private_key; allowed: the JSON key that Google gives out',
  )
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
