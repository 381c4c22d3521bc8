import type { HttpBindings } from '@hono/node-server'
import type { TokenInfo } from '../../access/token-service.ts'

/** What every handler of the API finds in its context: the token that was checked for it. */
export interface ApiEnv {
  readonly Bindings: Partial<HttpBindings>
  readonly Variables: { readonly token: TokenInfo }
}
