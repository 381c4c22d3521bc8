import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import type { SessionService } from '../../access/session-service.ts'
import type { TokenCheck } from '../../access/token-service.ts'
import { AppError } from '../../lib/app-error.ts'
import type { OwnAddress } from '../own-address.ts'
import type { TokenGate } from '../token-gate.ts'
import { localTarget } from './local-target.ts'
import { SignInPage } from './pages/sign-in-page.tsx'
import { readForm } from './read-form.ts'
import { writeSessionCookie } from './session-cookie.ts'

const form = z.object({ token: z.string().default(''), next: z.string().optional() })

interface SignInOptions {
  readonly gate: TokenGate
  readonly sessions: SessionService
  /** Whether tokens that are not an administrator's may look at the page. */
  readonly viewersAllowed: boolean
  readonly address: OwnAddress
}

/** The way in. */
export function signInRoutes(options: SignInOptions): Hono<{ Bindings: HttpBindings }> {
  const { gate, sessions, viewersAllowed, address } = options
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/sign-in', (context) =>
    context.html(<SignInPage next={localTarget(context.req.query('next'))} />),
  )
  app.post('/sign-in', async (context) => {
    // A form of another site would sign its victim in with a token of its own choice.
    if (/^(?:cross|same)-site$/.test(context.req.header('sec-fetch-site') ?? ''))
      throw new AppError('token_invalid', 'sign in on the page itself')
    const { token, next } = form.parse(await readForm(context))
    const check = await gate.check(token.trim(), context.env.incoming)
    const problem = problemWith(check, viewersAllowed)
    if (check.kind === 'invalid' || problem !== undefined)
      return context.html(<SignInPage problem={problem} next={localTarget(next)} />, 403)
    const isSecure = address.of(context.env.incoming).startsWith('https:')
    writeSessionCookie(context, sessions.begin(check.token), isSecure)
    return context.redirect(localTarget(next), 303)
  })
  return app
}

function problemWith(check: TokenCheck, viewersAllowed: boolean): string | undefined {
  if (check.kind === 'invalid') {
    return check.reason === 'expired'
      ? 'This token has expired.'
      : 'There is no such token. Check that it was copied whole.'
  }
  const { scope } = check.token
  if (scope === 'admin' || viewersAllowed) return undefined
  return `This token has scope ${scope}; the page needs scope admin.`
}
