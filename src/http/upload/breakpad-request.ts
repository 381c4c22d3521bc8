/** One step of Breakpad's sym-upload v2. */
export type BreakpadRequest = { readonly token: string | undefined } & (
  | { readonly step: 'status'; readonly file: string; readonly id: string }
  | { readonly step: 'create' }
  | { readonly step: 'send' | 'complete'; readonly key: string }
)

/**
 * Recognises a step by its request target, or gives undefined: `/v1/symbols/<file>/<id>:checkStatus`,
 * `/v1/uploads:create`, `/v1/uploads/<key>` (ours, told by `create`) and `/v1/uploads/<key>:complete`.
 */
export function matchBreakpad(method: string, target: string): BreakpadRequest | undefined {
  const queryStart = target.indexOf('?')
  const path = (queryStart < 0 ? target : target.slice(0, queryStart)).replace(/\/{2,}/g, '/')
  const query = new URLSearchParams(queryStart < 0 ? '' : target.slice(queryStart + 1))
  const token = query.get('key') ?? undefined
  if (method === 'GET') {
    const [, file, id] = /^\/v1\/symbols\/([^/]+)\/([^/]+):checkStatus$/.exec(path) ?? []
    const [decodedFile, decodedId] = [decoded(file), decoded(id)]
    if (decodedFile === undefined || decodedId === undefined) return undefined
    return { step: 'status', file: decodedFile, id: decodedId, token }
  }
  if (method === 'POST' && path === '/v1/uploads:create') return { step: 'create', token }
  const [, key, action] = /^\/v1\/uploads\/([a-z2-7]+)(:complete)?$/.exec(path) ?? []
  if (key === undefined) return undefined
  if (method === 'POST' && action !== undefined) return { step: 'complete', key, token }
  return method === 'PUT' && action === undefined ? { step: 'send', key, token } : undefined
}

function decoded(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
