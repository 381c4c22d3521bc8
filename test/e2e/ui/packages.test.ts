import { describe, expect, it } from 'vitest'
import { HAS_BROWSER } from '../../helpers/browser.ts'
import { makePdb } from '../../helpers/make-pdb.ts'
import { makeZip } from '../../helpers/make-zip.ts'
import { openPage } from './open-page.ts'

const GUID = '3249D99D0C4049318610F4E4FB0B6936'

describe.skipIf(!HAS_BROWSER)('packages in the page (SKIPPED without chromium)', () => {
  it('are dropped on it, looked into, protected, renamed and deleted', async () => {
    const { page, complaints, faults, go } = await openPage()
    await go('/ui/packages')
    await page.getByText('No packages yet').waitFor()
    await page.getByLabel('Tag of the upload').fill('1.2.3')
    const archive = makeZip([
      { name: 'bin/<b>app</b>.pdb', data: makePdb({ guid: GUID, age: 1 }) },
      { name: 'readme.txt', data: 'hello' },
    ])
    // As the browser does when somebody drops a file.
    const files = await page.evaluateHandle<unknown>(
      `((bytes) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([new Uint8Array(bytes)], 'symbols.zip'))
        return transfer
      })(${JSON.stringify([...archive])})`,
    )
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: files })
    await page.getByText('good; 1 stored, 0 duplicates, 0 rejected').waitFor()
    await page.getByLabel('Choose files').setInputFiles({
      name: 'page.html',
      mimeType: 'text/html',
      buffer: Buffer.from('<html>'),
    })
    await page.getByText(/failed: .*page\.html/).waitFor()
    expect(await faults()).toEqual([])

    await page.getByLabel('Verdict').selectOption('good')
    await page.getByRole('cell', { name: 'failed' }).waitFor({ state: 'detached' })
    await page.getByRole('cell').getByRole('link', { name: '1.2.3' }).click()
    await page.getByText('bin/<b>app</b>.pdb').waitFor()
    await page.getByText('not a symbol file').waitFor()
    expect(await faults()).toEqual([])

    await page.getByLabel('Tag').fill('1.2.4')
    await page.getByLabel('Protected').check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The package is changed.').waitFor()
    await page.getByText('Delete…').click()
    await page.getByRole('button', { name: 'Delete package' }).click()
    await page.getByRole('heading', { name: 'Not done' }).waitFor()
    await page.goBack()
    await page.getByLabel('Protected').uncheck()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The package is changed.').waitFor()
    await page.getByText('Delete…').click()
    await page.getByRole('button', { name: 'Delete package' }).click()
    await page.getByText('The package is deleted').waitFor()
    expect(complaints.filter((text) => !/status of 4\d\d/.test(text))).toEqual([])
  })
})

describe.skipIf(!HAS_BROWSER)('symbols in the page (SKIPPED without chromium)', () => {
  it('are found while somebody types, described, downloaded by the session alone, and explained', async () => {
    const { page, server, complaints, faults, go } = await openPage({
      config: { access: { anonymous_download: false } },
    })
    const form = new FormData()
    for (const [index, name] of ['app.pdb', 'other.pdb'].entries()) {
      const pdb = makePdb({ guid: GUID, age: index + 1 })
      form.append('upload_file', new Blob([new Uint8Array(pdb)]), name)
    }
    await fetch(`${server.url}/api/v1/uploads?tag=t`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}` },
      body: form,
    })
    await go('/ui/symbols')
    await page.getByRole('link', { name: 'other.pdb' }).waitFor()
    await page.getByLabel('Name, id or path').pressSequentially('APP.p')
    await page.getByRole('link', { name: 'other.pdb' }).waitFor({ state: 'detached' })
    await page.waitForURL('**/ui/symbols?q=APP.p')
    await page.getByRole('link', { name: 'app.pdb' }).click()
    await page.getByText('Debug id').waitFor()
    expect(await faults()).toEqual([])
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('app.pdb')
    const key = `app.pdb/${GUID}1/app.pdb`
    expect((await fetch(`${server.url}/${key}`)).status).toBe(401)

    await go('/ui/try')
    await page.getByLabel('Symbol path').fill(`${server.url}/${key.toLowerCase()}`)
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('served from store').waitFor()
    expect(await faults()).toEqual([])
    await page.getByLabel('Symbol path').fill('<script>alert(1)</script>')
    await page.getByRole('button', { name: 'Explain' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('allowed: a symbol path')
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([])
  })
})
