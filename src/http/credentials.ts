/** The headers that may hold a token, by their names in lower case. */
interface CredentialHeaders {
  readonly authorization?: string | undefined
  readonly 'auth-token'?: string | string[] | undefined
  readonly 'x-coroner-token'?: string | string[] | undefined
}

/**
 * The token that a request presents in its headers, or undefined: Bearer, Basic (the token as password,
 * any user name; a token as user name with an empty password too, as curl's `-u TOKEN:` sends it), or
 * tecken's `Auth-Token`, or the `X-Coroner-Token` of Backtrace's command line.
 */
export function presentedToken({
  headers,
}: {
  readonly headers: CredentialHeaders
}): string | undefined {
  const authToken = headers['auth-token']
  if (typeof authToken === 'string') return authToken.trim()
  const coronerToken = headers['x-coroner-token']
  if (typeof coronerToken === 'string') return coronerToken.trim()
  const [, scheme = '', value = ''] = /^(\w+)[ \t]+(.*)$/.exec(headers.authorization ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return value.trim()
  if (scheme.toLowerCase() !== 'basic') return undefined
  const [, user = '', password = ''] =
    /^([^:]*):?(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? []
  return password === '' ? user : password
}
