import type { IncomingMessage } from 'node:http'
import { parse } from 'hono/utils/cookie'
import type { Session, SessionService } from '../../access/session-service.ts'
import { SESSION_COOKIE } from './session-cookie.ts'

/** The session of the page that a request belongs to, outside of the page's own routes; or undefined. */
export function sessionIn(
  sessions: SessionService,
  { headers }: IncomingMessage,
): Session | undefined {
  const id = parse(headers.cookie ?? '', SESSION_COOKIE)[SESSION_COOKIE]
  return id === undefined ? undefined : sessions.find(id)
}
