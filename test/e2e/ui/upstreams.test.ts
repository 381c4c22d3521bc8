import { describe, expect, it } from 'vitest'
import { HAS_BROWSER } from '../../helpers/browser.ts'
import { startUpstream } from '../../helpers/upstream-server.ts'
import { openPage } from './open-page.ts'

const PATH = 'app.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/app.pdb'

describe.skipIf(!HAS_BROWSER)('symbol servers in the page (SKIPPED without chromium)', () => {
  it('are added after a test, changed, listed for, looked into, disabled and deleted', async () => {
    const upstream = await startUpstream((_, response) => void response.writeHead(404).end())
    const { page, server, complaints, faults, go, api } = await openPage({
      config: { presets: 'off' },
    })
    await go('/ui/upstreams')
    await page.getByText('No symbol servers').waitFor()
    await page.getByRole('link', { name: 'Add a server' }).click()

    // One that does not answer is refused with the cause, and what was typed stays.
    await page.getByLabel('Name', { exact: true }).fill('partner')
    await page.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9')
    await page.getByLabel('User name', { exact: true }).fill('me')
    await page.getByLabel('Password', { exact: true }).fill('pa55word')
    await page.getByRole('button', { name: 'Test and add' }).click()
    expect(await page.getByRole('alert').textContent()).toMatch(/connect|refused/i)
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('partner')
    expect(await page.content()).not.toContain('pa55word')
    await page.getByLabel('To connect').fill('soon')
    await page.getByLabel('Password', { exact: true }).fill('pa55word')
    await page.getByRole('button', { name: 'Test and add' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('soon')

    await page.getByLabel('Address', { exact: true }).fill(upstream.url)
    await page.getByLabel('To connect').fill('7s')
    await page.getByLabel('Password', { exact: true }).fill('pa55word')
    await page.getByRole('button', { name: 'Test and add' }).click()
    await page.getByText('partner is added.').waitFor()
    expect(await faults()).toEqual([])

    await page.getByRole('link', { name: 'Settings' }).last().click()
    expect(await page.getByLabel('To connect').inputValue()).toBe('7s')
    expect(await page.content()).not.toContain('pa55word')
    await page.getByLabel('Priority').fill('9')
    await page.getByLabel('Only for names on its allow list').check()
    await page.getByRole('button', { name: 'Test and save' }).click()
    await page.getByText('partner is changed.').waitFor()
    expect(await api('GET', '/upstreams/partner')).toMatchObject({
      priority: 9,
      allowlist_enabled: true,
      timeouts: { connect: '7s' },
      credentials: { kind: 'basic', username: 'me' },
    })
    expect(await faults()).toEqual([])

    await page.getByRole('link', { name: 'Allow list' }).click()
    await page.getByLabel('Names of files').fill('app.*\n<img src=x onerror=alert(1)>')
    await page.getByRole('button', { name: 'Add' }).click()
    await page.getByText('2 patterns are added.').waitFor()
    await page.getByRole('button', { name: 'Remove <img' }).click()
    await page.getByText('The pattern is removed.').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(1)

    expect((await fetch(`${server.url}/${PATH}`)).status).toBe(404)
    await page.getByRole('link', { name: 'Log' }).click()
    await page.getByText(PATH).first().waitFor()
    await page.getByLabel('Search in the log').fill('no such text')
    await page.getByText('Nothing to tell').waitFor()
    await page.getByRole('link', { name: 'Statistics' }).click()
    await page.getByText('Failures by stage').waitFor()

    await page.getByRole('button', { name: 'Disable' }).click()
    await page.getByText('partner is disabled.').waitFor()
    await page.getByText('Delete…').click()
    await page.getByRole('button', { name: 'Delete server' }).click()
    await page.getByText('partner is deleted.').waitFor()
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([])
  })

  it('skip files that fail again and again until somebody removes them from the list', async () => {
    const upstream = await startUpstream(
      (_, response) => void response.writeHead(200).end('<html>sign in</html>'),
    )
    const { page, server, go } = await openPage({
      config: {
        presets: 'off',
        upstreams: [{ name: 'html', url: upstream.url, skip: { after_failed_fills: 1 } }],
      },
    })
    for (const name of ['a.pdb', 'b.pdb', 'c.pdb'])
      await fetch(`${server.url}/${PATH.replaceAll('app.pdb', name)}`)
    await go('/ui/upstreams/html/skiplist')
    expect(await page.locator('tbody tr').count()).toBe(3)
    await page.getByRole('button', { name: 'Remove b.pdb' }).click()
    await page.getByText('The entry is removed.').waitFor()
    await page.getByLabel('Search in paths and causes').fill('A.PDB')
    await page.getByText('Remove these…').click()
    await page.getByRole('button', { name: 'Remove all with “A.PDB”' }).click()
    await page.getByText('One entry is removed.').waitFor()
    expect(await page.locator('tbody tr').count()).toBe(1)
    await go('/ui/upstreams/html/settings')
    await page.getByText('set in the configuration file, and changed only there').waitFor()
  })
})
