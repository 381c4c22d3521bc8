import type { HttpBindings } from '@hono/node-server'
import type { Session } from '../../access/session-service.ts'
import type { ApiClient } from './api-client.ts'
import type { PageFrame } from './components/page.tsx'

/** What every handler of the page finds in its context. */
export interface UiEnv {
  readonly Bindings: HttpBindings
  readonly Variables: {
    readonly session: Session
    /** Whether whoever has signed in may change anything. */
    readonly mayChange: boolean
    /** Speaks to the API for whoever has signed in. */
    readonly api: ApiClient
    /** What was sent with a changing request. */
    readonly form: Readonly<Record<string, string>>
    /** What surrounds the page; taking it shows the notices that wait for the session. */
    readonly frame: () => PageFrame
    /** Keeps a sentence for the next page of this session. */
    readonly notify: (notice: string) => void
  }
}
