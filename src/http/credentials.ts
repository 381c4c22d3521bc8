/** Of tecken's uploaders, of Backtrace's command line, of NuGet. */
const OF_CLIENTS = ['auth-token', 'x-coroner-token', 'x-nuget-apikey'] as const

/** The headers that may hold a token, by their names in lower case. */
interface CredentialHeaders {
  readonly authorization?: string | undefined
  readonly 'auth-token'?: string | string[] | undefined
  readonly 'x-nuget-apikey'?: string | string[] | undefined
  readonly 'x-coroner-token'?: string | string[] | undefined
}

/**
 * The token that a request presents in its headers, or undefined: Bearer, Basic (the token as password,
 * any user name; a token as user name with an empty password too, as curl's `-u TOKEN:` sends it), or
 * one of the headers that single clients have for it.
 */
export function presentedToken({
  headers,
}: {
  readonly headers: CredentialHeaders
}): string | undefined {
  for (const name of OF_CLIENTS) {
    const value = headers[name]
    // tecken's uploaders may put a label behind theirs, `<token>-<label>`; ours hold no hyphen.
    if (typeof value === 'string') return value.trim().replace(/-.*$/, '')
  }
  const [, scheme = '', value = ''] = /^(\w+)[ \t]+(.*)$/.exec(headers.authorization ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return value.trim()
  if (scheme.toLowerCase() !== 'basic') return undefined
  const [, user = '', password = ''] =
    /^([^:]*):?(.*)$/s.exec(Buffer.from(value, 'base64').toString('utf8')) ?? []
  return password === '' ? user : password
}
