import { Hono } from 'hono'
import { AppError } from '../../lib/app-error.ts'
import { ApiRefusal } from './api-refusal.ts'
import type { Listed } from './listed.ts'
import { TokensPage, type ShownToken } from './pages/tokens-page.tsx'
import type { UiEnv } from './ui-env.ts'

/** Tokens: list, create, revoke. */
export function tokenPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/tokens', async (context) => {
    const { api, frame, mayChange } = context.var
    if (!mayChange) throw new AppError('token_invalid', 'this part is for administrators')
    const cursor = context.req.query('cursor')
    const tokens = await api.get<Listed<ShownToken>>('/tokens', { cursor })
    return context.html(<TokensPage frame={frame()} {...tokens} cursor={cursor} />)
  })
  app.post('/tokens', async (context) => {
    const { api, frame, form } = context.var
    const { scope, name, expires, tags, names } = form
    try {
      const created = await api.send<ShownToken & { token: string }>('POST', '/tokens', {
        body: {
          scope,
          name,
          expires: expires === '' ? null : expires,
          tags: wordsOf(tags),
          names: wordsOf(names),
        },
      })
      const tokens = await api.get<Listed<ShownToken>>('/tokens')
      // Not by way of a redirect: the text is in this answer and nowhere else.
      return context.html(<TokensPage frame={frame()} {...tokens} created={created} />, 201)
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error
      const tokens = await api.get<Listed<ShownToken>>('/tokens')
      return context.html(
        <TokensPage frame={frame()} {...tokens} form={form} problem={error.message} />,
        400,
      )
    }
  })
  app.post('/tokens/:id/revoke', async (context) => {
    const { api, notify } = context.var
    const id = context.req.param('id')
    await api.send('DELETE', `/tokens/${encodeURIComponent(id)}`)
    notify(`Token ${id} is revoked.`)
    return context.redirect('/ui/tokens', 303)
  })
  return app
}

/** What stands between commas. */
function wordsOf(text = ''): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}
