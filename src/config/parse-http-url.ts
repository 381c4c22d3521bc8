/**
 * An absolute http or https URL in its normal form, without trailing slashes, so that `/path` can be appended.
 * Undefined for anything else, and for a URL with user name, password, query or fragment.
 */
export function parseHttpUrl(text: string): string | undefined {
  // URL drops spaces and accepts "http:host": what was written must already look like a URL.
  if (!/^https?:\/\/[^/\s][^\s?#\\]*$/i.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return undefined
  return url.href.replace(/\/+$/, '')
}
