import type { HttpBindings } from '@hono/node-server'
import type { IncomingHttpHeaders } from 'node:http'
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
    const { headers } = context.env.incoming
    if (isForeign(headers, address.of(context.env.incoming)))
      throw new AppError(
        'token_invalid',
        'sign in on the page itself; a proxy has to pass the Host header on, or public_url be set',
      )
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

/** Whether a form comes from a page of another site; `ownUrl` is where this one is. */
function isForeign(headers: IncomingHttpHeaders, ownUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'cross-site' || site === 'same-site'
  // Browsers send that over https alone (https://www.w3.org/TR/fetch-metadata/#http-headers), Origin always.
  const { origin, host } = headers
  if (origin === undefined) return false
  return ![ownUrl, `http://${host}`].some((own) => hostOf(own) === hostOf(origin))
}

/** The host with its port, or the text itself where it is no address. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
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
