/** What the address of an upload says: how it is answered, the token in it, and its parameters. */
export interface UploadRequest {
  /** Backtrace's clients expect `response` and `error` in their own shape, NuGet's the status 201; the page shows who it is by its session. */
  readonly form: 'api' | 'backtrace' | 'nuget' | 'page'
  readonly urlToken: string | undefined
  readonly parameters: URLSearchParams
}

/**
 * Recognises an upload by its request target, or gives undefined: `/api/v1/uploads`, `/<token>/symbols`,
 * `/<any>/<token>/symbols` (both also with `&tag=T` glued to the path, as Backtrace's own examples do),
 * `/api/post` and `/post`, NuGet's `/api/v2/symbolpackage`, and the page's `/ui/upload`.
 */
export function matchUpload(method: string, target: string): UploadRequest | undefined {
  if (method !== 'POST' && method !== 'PUT') return undefined
  const queryStart = target.indexOf('?')
  const path = (queryStart < 0 ? target : target.slice(0, queryStart)).replace(/\/{2,}/g, '/')
  const parameters = new URLSearchParams(queryStart < 0 ? '' : target.slice(queryStart + 1))
  const urlToken = parameters.get('token') ?? undefined
  if (/^\/api\/v1\/uploads\/?$/.test(path)) return { form: 'api', urlToken, parameters }
  if (method === 'PUT' && /^\/api\/v2\/symbolpackage\/?$/i.test(path)) {
    // A package is taken whole or not at all, for its client shows nothing but the status.
    if (!parameters.has('strict')) parameters.set('strict', '1')
    return { form: 'nuget', urlToken: undefined, parameters }
  }
  if (method !== 'POST') return undefined
  if (path === '/ui/upload') return { form: 'page', urlToken: undefined, parameters }
  if (/^(?:\/api)?\/post\/?$/.test(path)) return { form: 'backtrace', urlToken, parameters }
  const match = /^(?:\/[^/]+)?\/([^/]+)\/symbols\/?(&.*)?$/.exec(path)
  if (match === null) return undefined
  for (const [name, value] of new URLSearchParams(match[2] ?? '')) parameters.append(name, value)
  return { form: 'backtrace', urlToken: match[1], parameters }
}
