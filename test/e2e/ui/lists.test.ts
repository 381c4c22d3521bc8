import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { MissTable } from '../../../src/db/miss-table.ts'
import { openDatabase } from '../../../src/db/open-database.ts'
import { HAS_BROWSER } from '../../helpers/browser.ts'
import { tempDir } from '../../helpers/temp-dir.ts'
import { openPage } from './open-page.ts'

const HOSTILE = '<img src=x onerror=alert(1)>"\'&amp;{{7*7}}'
const PAGES = [
  '/ui/',
  '/ui/upstreams',
  '/ui/upstreams/new',
  '/ui/packages',
  '/ui/symbols',
  '/ui/try',
]
const MORE_PAGES = ['/ui/missing', '/ui/misses', '/ui/tokens', '/ui/settings', '/ui/about']

/** A data folder that remembers many misses. */
function withMisses(count: number): string {
  const data = tempDir()
  const database = openDatabase(join(data, 'symgate.db'))
  const table = new MissTable(database)
  const now = Date.now()
  for (let start = 0; start < count; start += 500) {
    table.put(
      Array.from({ length: 500 }, (_, index) => {
        const number = String(start + index).padStart(5, '0')
        return {
          upstream: 'far',
          path: `${number}-${HOSTILE.toLowerCase()}.pdb/${'a'.repeat(32)}1/x.pdb`,
          checkedAtMs: now,
          requestedAtMs: now,
          identities: [],
        }
      }),
    )
  }
  database.close()
  return data
}

describe.skipIf(!HAS_BROWSER)('lists in the page (SKIPPED without chromium)', () => {
  it('page through 10 000 misses, find among them, and forget them', async () => {
    const { page, server, complaints, faults, go } = await openPage({ data: withMisses(10_000) })
    await go('/ui/misses')
    await page.locator('td code', { hasText: '00000-' }).waitFor()
    expect(await faults()).toEqual([])
    await page.getByRole('link', { name: 'Next page' }).click()
    await page.locator('td code', { hasText: '00100-' }).waitFor()
    // The rest without drawing it.
    const found = new Set<string>()
    for (let next: string | undefined = '/ui/misses'; next !== undefined;) {
      const html: string = await (await page.request.get(server.url + next)).text()
      for (const [, number = ''] of html.matchAll(/<code>(\d{5})-/g)) found.add(number)
      next = /<a href="([^"]+)" rel="next"/.exec(html)?.[1]
    }
    expect(found.size).toBe(10_000)
    await page.getByRole('link', { name: 'First page' }).click()
    await page.waitForURL('**/ui/misses')
    await page.waitForLoadState()
    await page.getByLabel('Search in paths').fill('0777')
    await page.locator('td code', { hasText: '00000-' }).waitFor({ state: 'detached' })
    expect(await page.locator('tbody tr').count()).toBe(11)
    await page.getByRole('button', { name: 'Forget 00777' }).click()
    await page.getByText('One miss is forgotten.').waitFor()
    await page.getByText('Forget all…').click()
    await page.getByRole('button', { name: 'Forget all misses' }).click()
    await page.getByText('9999 misses are forgotten.').waitFor()
    await page.getByText('No misses').waitFor()
    expect(complaints).toEqual([])
  })

  it('show names that try to be HTML as the text that they are, and have no serious fault', async () => {
    const { page, server, complaints, faults, go, api } = await openPage({ width: 390 })
    await api('POST', '/tokens', { scope: 'upload', name: HOSTILE })
    await fetch(`${server.url}/%3Cb%3Ex.pdb/${'A'.repeat(32)}1/%3Cb%3Ex.pdb`, {
      headers: { 'user-agent': HOSTILE },
    })
    await fetch(
      `${server.url}/api/v1/uploads?tag=${encodeURIComponent(HOSTILE)}&comment=${encodeURIComponent(HOSTILE)}`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${server.adminToken}` },
        body: 'nothing',
      },
    )
    for (const path of [...PAGES, ...MORE_PAGES]) {
      await go(path)
      expect(await faults(), `faults of ${path}`).toEqual([])
      expect(await page.locator('main img, main b, main script').count(), `HTML in ${path}`).toBe(0)
      const overflow = await page.evaluate('document.documentElement.scrollWidth')
      expect(overflow, `width of ${path} on a phone`).toBe(390)
    }
    for (const path of ['/ui/tokens', '/ui/packages', '/ui/missing']) {
      await go(path)
      expect(await page.locator('main').textContent()).toContain('<img src=x onerror=alert(1)>')
    }
    expect(complaints).toEqual([])
  })

  it('tell missing files as CSV, tokens once, settings with their origin', async () => {
    const { page, server, faults, go } = await openPage({
      config: { misses: { retry_after: '2h' } },
    })
    await fetch(`${server.url}/app.pdb/${'A'.repeat(32)}1/app.pdb`)
    await go('/ui/missing')
    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ])
    expect(readFileSync(await csv.path(), 'utf8')).toContain(`app.pdb,${'A'.repeat(32)}1`)

    await go('/ui/tokens')
    await page.getByLabel('Name', { exact: true }).fill('nightly')
    await page.getByLabel('Scope').selectOption('upload')
    await page.getByLabel('Expires').selectOption('90d')
    await page.getByLabel('Uploads only with tags').fill('nightly-*, beta')
    await page.getByRole('button', { name: 'Create token' }).click()
    const text = await page.locator('#created code').textContent()
    expect(text).toMatch(/^[a-z2-7]{40}$/)
    expect(page.url()).not.toContain(text)
    expect(await faults()).toEqual([])
    await go('/ui/tokens')
    expect(await page.content()).not.toContain(text)
    await page.getByText('tags nightly-*, beta').waitFor()
    await page.locator('tr', { hasText: 'nightly' }).getByText('Revoke').first().click()
    await page.getByRole('button', { name: 'Revoke token' }).click()
    await page.getByText(/Token \w+ is revoked/).waitFor()

    await go('/ui/settings')
    const row = page.locator('tr', { hasText: 'misses.retry_after' }).first()
    expect(await row.textContent()).toMatch(/2h.*in .*symgate\.yaml/)
    expect(await page.locator('tr', { hasText: 'limits.entries' }).textContent()).toContain(
      'default',
    )
  })

  it('are reached with the keyboard alone, past the menu', async () => {
    const { page, go } = await openPage({ colorScheme: 'dark' })
    await go('/ui/')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe(
      'Skip to the content',
    )
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Day')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/ui/?range=week')
    const contrast = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(contrast).toBe('rgb(15, 20, 26)')
  })
})
