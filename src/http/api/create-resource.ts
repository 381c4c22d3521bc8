import { OpenAPIHono, z } from '@hono/zod-openapi'
import { AppError } from '../../lib/app-error.ts'
import type { ApiEnv } from './api-env.ts'
import { describeFault } from './describe-fault.ts'

/** An empty set of routes for one resource of the API; requests that do not fit their schemas fail with `request_invalid`. */
export function createResource(): OpenAPIHono<ApiEnv> {
  return new OpenAPIHono<ApiEnv>({
    defaultHook: (result: { success: boolean; data?: unknown; error?: unknown }) => {
      if (result.success) return
      const { error } = result
      const issue = error instanceof z.ZodError ? error.issues[0] : undefined
      throw new AppError(
        'request_invalid',
        issue === undefined ? 'the request is wrong' : describeFault(issue, result.data),
      )
    },
  })
}
