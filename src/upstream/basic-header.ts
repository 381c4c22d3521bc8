/** The value of an Authorization header for a name and a password (RFC 7617, in UTF-8). */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}
