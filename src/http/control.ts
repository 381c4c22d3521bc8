import { Hono } from 'hono'
import { z } from 'zod'
import type { TokenService } from '../access/token-service.ts'
import type { Importer } from '../ingest/import/importer.ts'
import type { Reindexer } from '../ingest/reindexer.ts'
import { AppError } from '../lib/app-error.ts'
import type { Checker } from '../integrity/checker.ts'
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
const check = z.object({
  isRepair: z.boolean(),
  sample: z.number().min(0).max(1),
  isResumed: z.boolean(),
})

const newImport = z.object({
  folder: z.string(),
  tag: z.string().min(1).max(1000).optional(),
  reflink: z.boolean(),
})

/** How often a long command says how far it is. */
const TELL_MS = 1000

interface ControlOptions {
  readonly tokens: TokenService
  readonly reindexer: Reindexer
  readonly sweeper: Sweeper
  readonly checker: Checker
  readonly importer: Importer
  readonly log: Logger
}

/** What commands ask of a running server through `<data>/control.sock`: whoever may open it owns the folder. */
export function createControl({
  tokens,
  reindexer,
  importer,
  sweeper,
  checker,
  log,
}: ControlOptions): Hono {
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
  app.post('/check', async (context) => {
    const asked = check.parse(await context.req.json())
    return new Response(lines(async () => await checker.run(asked), refused))
  })
  app.post('/sweep', async (context) =>
    context.json(await sweeper.sweep(sweep.parse(await context.req.json()))),
  )
  app.post('/import', async (context) => {
    const asked = newImport.parse(await context.req.json())
    return new Response(
      lines(async (tell, signal) => {
        return await importer.run(asked, (soFar) => tell({ ...soFar, rows: undefined }), signal)
      }, refused),
    )
  })
  app.onError((error) => {
    const { status, body } = refused(error)
    return new Response(JSON.stringify(body), { status })
  })

  function refused(error: unknown): { status: number; body: object } {
    if (!(error instanceof AppError)) log.error({ err: error }, 'command failed')
    const answer = errorAnswer(error)
    return { status: answer.status, body: { error: answer.error } }
  }
  return app
}

/**
 * A long answer: a line of JSON now and then about how far the work is, and in the end one with what it
 * came to, or with its error. The work is aborted when the command goes.
 */
function lines(
  work: (tell: (soFar: object) => void, signal: AbortSignal) => Promise<object>,
  refused: (error: unknown) => { body: object },
): ReadableStream<Uint8Array> {
  const gone = new AbortController()
  const encoder = new TextEncoder()
  return new ReadableStream({
    async start(controller) {
      let soFar: object | undefined
      const write = (line: string): void => {
        if (!gone.signal.aborted) controller.enqueue(encoder.encode(line))
      }
      // At once, so that the connection never looks dead.
      const timer = setInterval(() => write(`${JSON.stringify(soFar ?? {})}\n`), TELL_MS)
      try {
        write(JSON.stringify(await work((counts) => (soFar = counts), gone.signal)))
      } catch (error) {
        write(JSON.stringify(refused(error).body))
      } finally {
        clearInterval(timer)
        if (!gone.signal.aborted) controller.close()
      }
    },
    cancel: () => gone.abort(new AppError('command_failed', 'the command was ended')),
  })
}
