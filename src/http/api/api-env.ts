import type { HttpBindings } from '@hono/node-server'
import type { TokenInfo } from '../../access/token-service.ts'

/** What every handler of the API finds in its context: the token that was checked for it. */
export interface ApiEnv {
  /** Given by the page, which calls the API within the process for whoever has signed in; never by a network. */
  readonly Bindings: Partial<HttpBindings> & {
    readonly sessionToken?: TokenInfo
    readonly isViewer?: boolean
  }
  readonly Variables: { readonly token: TokenInfo }
}
