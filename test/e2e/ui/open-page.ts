import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { startBrowser } from '../../helpers/browser.ts'
import { startServer, type RunningServer, type ServerOptions } from '../../helpers/server.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A server, and a browser that looks at its page. */
export interface OpenPage {
  readonly server: RunningServer
  readonly page: Page
  /** What the browser complained of: errors in scripts, blocked and failed loads. */
  readonly complaints: readonly string[]
  /** Goes to a path of the server. */
  readonly go: (path: string) => Promise<void>
  /** The serious faults that axe-core finds on the page as it is shown. */
  readonly faults: () => Promise<readonly string[]>
  /** Calls the API with the administrator's token. */
  readonly api: (method: string, path: string, body?: unknown) => Promise<unknown>
}

/** Starts a server and a browser; signs in unless `signIn` is false. */
export async function openPage({
  signIn = true,
  width = 1360,
  colorScheme = 'light',
  adminToken,
  ...options
}: ServerOptions & {
  readonly signIn?: boolean
  /** Of a data folder that was started before. */
  readonly adminToken?: string
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
} = {}): Promise<OpenPage> {
  const started = await startServer(options)
  const server = adminToken === undefined ? started : { ...started, adminToken }
  const browser = await startBrowser({ width, colorScheme })
  onTestFinished(async () => await browser.close())
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  const opened: OpenPage = {
    server,
    page,
    complaints,
    go: async (path) => void (await page.goto(server.url + path)),
    faults: async () => {
      // By the debugger's way, past the page's own policy.
      await page.evaluate(AXE)
      return await page.evaluate(
        `axe.run().then(({ violations }) => violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
      )
    },
    api: async (method, path, body) => {
      const answer = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${server.adminToken}`,
          'content-type': 'application/json',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return text === '' ? undefined : JSON.parse(text)
    },
  }
  if (signIn) {
    await opened.go('/')
    await page.getByLabel('Administrator token').fill(server.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/ui/')
  }
  return opened
}
