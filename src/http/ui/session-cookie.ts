import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

/** The name of the cookie. */
export const SESSION_COOKIE = 'symgate_session'

/** What the browser presents as its session, or undefined. */
export function readSessionCookie(context: Context): string | undefined {
  return getCookie(context, SESSION_COOKIE)
}

/** Gives the browser its session: never to scripts, never to other sites, and over TLS alone where there is TLS. */
export function writeSessionCookie(context: Context, id: string, isSecure: boolean): void {
  setCookie(context, SESSION_COOKIE, id, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure,
    path: '/',
  })
}

/** Takes the session from the browser. */
export function clearSessionCookie(context: Context): void {
  deleteCookie(context, SESSION_COOKIE, { path: '/' })
}
