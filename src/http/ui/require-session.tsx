import type { MiddlewareHandler } from 'hono'
import { isOwnForm, type SessionService } from '../../access/session-service.ts'
import { AppError } from '../../lib/app-error.ts'
import { ReturnPage } from './pages/return-page.tsx'
import { SignInPage } from './pages/sign-in-page.tsx'
import { localTarget } from './local-target.ts'
import { readForm } from './read-form.ts'
import { readSessionCookie } from './session-cookie.ts'
import type { UiEnv } from './ui-env.ts'

const HAS_ENDED = 'Your session has ended. Sign in again.'

/**
 * Lets those in who have signed in; everybody else is asked to. What changes anything needs an
 * administrator, and the session's own form (its text in the field `csrf`, or in `x-csrf-token`).
 */
export function requireSession({
  sessions,
  viewersAllowed,
}: {
  readonly sessions: SessionService
  readonly viewersAllowed: boolean
}): MiddlewareHandler<UiEnv> {
  return async function sessionRequired(context, next) {
    const { method, path, url } = context.req
    const isReading = method === 'GET' || method === 'HEAD'
    const cookie = readSessionCookie(context)
    const session = cookie === undefined ? undefined : sessions.find(cookie)
    if (session === undefined) {
      const target = localTarget(isReading ? path + new URL(url).search : undefined)
      // A link on another site brings no strict cookie; our own page, going on from here, does.
      if (
        isReading &&
        cookie === undefined &&
        cameFromElsewhere(context.req.header('sec-fetch-site'))
      )
        return context.html(<ReturnPage target={target} />)
      const problem = cookie === undefined ? undefined : HAS_ENDED
      return context.html(<SignInPage problem={problem} next={target} />, path === '/' ? 200 : 401)
    }
    const mayChange = session.token.scope === 'admin'
    if (!mayChange && !viewersAllowed)
      throw new AppError('token_invalid', 'the page needs a token of scope admin')
    context.set('session', session)
    context.set('mayChange', mayChange)
    if (!isReading) {
      const form = await readForm(context)
      const sent = context.req.header('x-csrf-token') ?? form['csrf'] ?? ''
      if (!isOwnForm(session, sent))
        throw new AppError('token_invalid', 'the form is not of this session; load the page again')
      if (!mayChange && path !== '/ui/sign-out')
        throw new AppError('token_invalid', 'you may look at this page, but change nothing')
      context.set('form', form)
    }
    await next()
  }
}

function cameFromElsewhere(site: string | undefined): boolean {
  return site === 'cross-site' || site === 'same-site'
}
