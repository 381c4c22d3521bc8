import { Hono } from 'hono'
import { z } from 'zod'
import type { TokenService } from '../access/token-service.ts'
import type { Reindexer } from '../ingest/reindexer.ts'
import { AppError } from '../lib/app-error.ts'
import type { Sweeper } from '../retention/sweeper.ts'
import type { Logger } from '../telemetry/logger.ts'
import { errorAnswer } from './error-answer.ts'

const newToken = z.object({
  scope: z.enum(['download', 'upload', 'admin']),
  name: z.string(),
  expiresInMs: z.number().int().positive().optional(),
  tags: z.array(z.string()).optional(),
  names: z.array(z.string()).optional(),
})

const sweep = z.object({ isDryRun: z.boolean() })

interface ControlOptions {
  readonly tokens: TokenService
  readonly reindexer: Reindexer
  readonly sweeper: Sweeper
  readonly log: Logger
}

/** What commands ask of a running server through `<data>/control.sock`: whoever may open it owns the folder. */
export function createControl({ tokens, reindexer, sweeper, log }: ControlOptions): Hono {
  const app = new Hono()
  app.post('/tokens', async (context) =>
    context.json(tokens.create(newToken.parse(await context.req.json()))),
  )
  app.get('/tokens', (context) => context.json(tokens.list()))
  app.delete('/tokens/:id', (context) => {
    tokens.revoke(context.req.param('id'))
    return context.json({})
  })
  app.post('/reindex', async (context) => context.json(await reindexer.run()))
  app.post('/sweep', async (context) =>
    context.json(await sweeper.sweep(sweep.parse(await context.req.json()))),
  )
  app.onError((error) => {
    if (!(error instanceof AppError)) log.error({ err: error }, 'command failed')
    const answer = errorAnswer(error)
    return new Response(JSON.stringify({ error: answer.error }), { status: answer.status })
  })
  return app
}
