import { existsSync } from 'node:fs'
import { chromium, type BrowserContext } from 'playwright-core'
import { tempDir } from './temp-dir.ts'

const CHROMIUM = '/usr/bin/chromium'

/** Whether there is a browser; tests that need one say that they skip where there is none. */
export const HAS_BROWSER = existsSync(CHROMIUM)

/** A browser of its own, with an empty profile; whoever starts it closes it. */
export async function startBrowser(
  options: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<BrowserContext> {
  const { colorScheme = 'light', width = 1360 } = options
  return await chromium.launchPersistentContext(tempDir(), {
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
    colorScheme,
    viewport: { width, height: 900 },
    acceptDownloads: true,
  })
}
