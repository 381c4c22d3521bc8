import type { IncomingMessage } from 'node:http'
import { isOwnForm, type SessionService } from '../../access/session-service.ts'
import type { TokenInfo } from '../../access/token-service.ts'
import { AppError } from '../../lib/app-error.ts'
import { sessionIn } from './session-in.ts'

/** The administrator's token for an upload in the page. Fails as other uploads do, without session and form too. */
export function pageUploadToken(sessions: SessionService, request: IncomingMessage): TokenInfo {
  const session = sessionIn(sessions, request)
  if (session === undefined)
    throw new AppError('token_missing', 'your session has ended; load the page again to sign in')
  const sent = request.headers['x-csrf-token']
  if (typeof sent !== 'string' || !isOwnForm(session, sent))
    throw new AppError('token_invalid', 'the form is not of this session; load the page again')
  if (session.token.scope !== 'admin')
    throw new AppError('token_invalid', 'you may look at this page, but upload nothing')
  return session.token
}
