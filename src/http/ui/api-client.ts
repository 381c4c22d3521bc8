import type { Hono } from 'hono'
import type { TokenInfo } from '../../access/token-service.ts'
import type { ApiEnv } from '../api/api-env.ts'
import { ApiRefusal } from './api-refusal.ts'
import { withQuery } from './with-query.ts'

/** Query parameters; those without a value are left out. */
type Query = Readonly<Record<string, string | number | undefined>>

/**
 * The API for the page, without a network between them: what the page shows and does is what the API answers
 * and allows. Whatever the API refuses is thrown as ApiRefusal.
 */
export class ApiClient {
  readonly #api: Hono<ApiEnv>
  readonly #caller: { readonly sessionToken: TokenInfo; readonly isViewer: boolean }

  constructor(api: Hono<ApiEnv>, caller: { sessionToken: TokenInfo; isViewer: boolean }) {
    this.#api = api
    this.#caller = caller
  }

  /** The answer to a GET, whose shape the API's description tells. */
  async get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return await this.#send<Answer>('GET', withQuery(path, query), undefined)
  }

  /** Does something that the API answers with JSON or with nothing. */
  async send<Answer = undefined>(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    { query = {}, body }: { readonly query?: Query; readonly body?: unknown } = {},
  ): Promise<Answer> {
    return await this.#send<Answer>(method, withQuery(path, query), body)
  }

  /** The answer to a GET as it comes, for whoever called the page. */
  async pass(path: string, query: Query): Promise<Response> {
    return await this.#api.request(`/api/v1${withQuery(path, query)}`, {}, this.#caller)
  }

  async #send<Answer>(method: string, target: string, body: unknown): Promise<Answer> {
    const answer = await this.#api.request(
      `/api/v1${target}`,
      {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      },
      this.#caller,
    )
    const text = await answer.text()
    const json = text === '' ? undefined : JSON.parse(text)
    if (!answer.ok) throw new ApiRefusal(answer.status, json.error)
    return json
  }
}
