import { Hono } from 'hono'
import { AppError } from '../../lib/app-error.ts'
import { SettingsPage, type ShownSetting } from './pages/settings-page.tsx'
import type { UiEnv } from './ui-env.ts'

/** The configuration in force. */
export function settingsPages(): Hono<UiEnv> {
  const app = new Hono<UiEnv>()
  app.get('/settings', async (context) => {
    const { api, frame, mayChange } = context.var
    if (!mayChange) throw new AppError('token_invalid', 'this part is for administrators')
    const { items } = await api.get<{ items: readonly ShownSetting[] }>('/settings')
    return context.html(<SettingsPage frame={frame()} settings={items} />)
  })
  return app
}
