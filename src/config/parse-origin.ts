/** The origin that a text names, as browsers write it, or `*`; undefined for anything else. */
export function parseOrigin(text: string): string | undefined {
  if (text === '*') return text
  const url = URL.parse(text)
  const isOrigin = url !== null && url.origin !== 'null' && /^[^/]+:\/\/[^/]+\/?$/.test(text)
  return isOrigin && url.username === '' && url.password === '' ? url.origin : undefined
}
