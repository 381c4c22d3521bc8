import { describe, expect, it } from 'vitest'
import { HAS_BROWSER } from '../../helpers/browser.ts'
import { createToken, startServer } from '../../helpers/server.ts'
import { openPage } from './open-page.ts'

describe.skipIf(!HAS_BROWSER)('signing in to the page (SKIPPED without chromium)', () => {
  it('takes an admin token, keeps it out of page, address and scripts, and lets out again', async () => {
    const { page, server, complaints, faults } = await openPage({ signIn: false })
    await page.goto(`${server.url}/`)
    expect(await faults()).toEqual([])
    await page.getByLabel('Administrator token').fill(server.adminToken)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(page.url()).toBe(`${server.url}/ui/`)
    expect(await page.content()).not.toContain(server.adminToken)
    const [cookie, ...others] = await page.context().cookies()
    expect(others).toEqual([])
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', secure: false, path: '/' })
    expect(await page.evaluate('document.cookie')).toBe('')
    expect(cookie?.value).not.toContain(server.adminToken.slice(8))
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    // The old session is worth nothing, even to whoever kept its cookie.
    const kept = await fetch(`${server.url}/ui/tokens`, {
      headers: { cookie: `symgate_session=${cookie?.value}` },
    })
    expect(kept.status).toBe(401)
    expect(complaints).toEqual([])
  })

  it('tells what is wrong with a token, and slows whoever tries', async () => {
    const { page, server } = await openPage({ signIn: false })
    const upload = await createToken(server, 'upload')
    await page.goto(`${server.url}/ui/tokens`)
    for (const [token, problem] of [
      ['nonsense<script>', 'There is no such token'],
      [upload, 'This token has scope upload; the page needs scope admin.'],
    ] as const) {
      await page.getByLabel('Administrator token').fill(token)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').filter({ hasText: problem }).waitFor()
    }
    const attempt = async (): Promise<number> => {
      const startedAt = performance.now()
      const answer = await fetch(`${server.url}/ui/sign-in`, {
        method: 'POST',
        body: new URLSearchParams({ token: 'nonsense' }),
        redirect: 'manual',
      })
      expect(answer.status).toBe(403)
      return performance.now() - startedAt
    }
    expect(await attempt()).toBeGreaterThanOrEqual(490)
    // A right one goes to where its owner wanted to be, without waiting.
    await page.getByLabel('Administrator token').fill(server.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/ui/tokens')
  })

  it('asks again when the session has ended, and goes on where it ended', async () => {
    const { page, api, go } = await openPage()
    const { token, id } = (await api('POST', '/tokens', { scope: 'admin', name: 'other' })) as {
      token: string
      id: string
    }
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Administrator token').fill(token)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/ui/')
    await go('/ui/misses')
    await api('DELETE', `/tokens/${id}`)
    // While it is looked at: a search finds out.
    await page.getByLabel('Search in paths').fill('kernel')
    await page.getByRole('alert').filter({ hasText: 'Your session has ended' }).waitFor()
    await page.reload()
    await page.getByText('Your session has ended. Sign in again.').waitFor()
    expect(await page.getByRole('heading').allTextContents()).toEqual(['Sign in'])
  })

  it('comes back from a link on another site, whose request brings no cookie', async () => {
    const { page, server } = await openPage()
    const link = `${server.url}/ui/about`
    await page.goto(`data:text/html,<a href="${link}">mail</a>`)
    await page.getByText('mail').click()
    await page.waitForURL('**/ui/about')
    await page.getByRole('main').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('About')
  })
})

describe('the page and those who are not signed in', () => {
  it('is for browsers; others are told in text what this is', async () => {
    const { url } = await startServer()
    const text = await (await fetch(`${url}/`)).text()
    expect(text).toContain('symgate: a symbol server')
    const html = await fetch(`${url}/`, { headers: { accept: 'text/html,*/*' } })
    expect([html.status, html.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=UTF-8',
    ])
    expect(await html.text()).toContain('Sign in')
    for (const path of ['/ui/', '/ui/tokens', '/ui/nothing'])
      expect((await fetch(url + path)).status, `GET ${path}`).toBe(401)
    expect((await fetch(`${url}/ui/nothing/here.pdb`)).status).toBe(401)
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
  })

  it('may run only what comes from this server, in no frame', async () => {
    const { url } = await startServer()
    const { headers } = await fetch(`${url}/ui/sign-in`)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('sends the session over TLS alone where the public address has it', async () => {
    const { url, adminToken } = await startServer({
      config: { public_url: 'https://symbols.example.com' },
    })
    const answer = await signIn(url, adminToken)
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; Secure; SameSite=Strict$/)
  })

  it('changes nothing for a form of another page', async () => {
    const { url, adminToken } = await startServer()
    const cookie = cookieOf(await signIn(url, adminToken))
    const page = await (await fetch(`${url}/ui/tokens`, { headers: { cookie } })).text()
    const csrf = /name="csrf" value="([\w-]+)"/.exec(page)?.[1] ?? ''
    const create = async (form: Record<string, string>, headers = {}): Promise<number> => {
      const answer = await fetch(`${url}/ui/tokens`, {
        method: 'POST',
        headers: { cookie, ...headers },
        body: new URLSearchParams({ scope: 'upload', name: 'x', expires: '', ...form }),
      })
      return answer.status
    }
    expect(await create({})).toBe(403)
    expect(await create({ csrf: 'x'.repeat(csrf.length) })).toBe(403)
    expect(await create({ csrf })).toBe(201)
    expect(await create({}, { 'x-csrf-token': csrf })).toBe(201)
    const foreign = await fetch(`${url}/ui/sign-in`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ token: adminToken }),
    })
    expect([foreign.status, foreign.headers.get('set-cookie')]).toEqual([403, null])
    // Over http browsers do not say where a form is from but by its origin.
    const { host, port } = new URL(url)
    for (const [origin, status] of [
      [`http://${host}`, 303],
      [`https://${host}`, 303],
      [`http://127.0.0.1.evil.example:${port}`, 403],
      [`http://127.0.0.1:1`, 403],
      ['null', 403],
    ] as const) {
      const answer = await fetch(`${url}/ui/sign-in`, {
        method: 'POST',
        headers: { origin },
        body: new URLSearchParams({ token: adminToken }),
        redirect: 'manual',
      })
      expect([origin, answer.status]).toEqual([origin, status])
    }
  })

  it('leads nobody to another site after signing in', async () => {
    const { url, adminToken } = await startServer()
    for (const next of ['https://evil.example/', '//evil.example', '/ui/../x', '/ui/\\evil'])
      expect((await signIn(url, adminToken, next)).headers.get('location'), `next ${next}`).toBe(
        '/ui/',
      )
  })

  it('is read by other tokens only where that is allowed, and changed by none of them', async () => {
    const closed = await startServer()
    const token = await createToken(closed, 'download')
    expect((await signIn(closed.url, token)).status).toBe(403)
    const { url, data } = await startServer({ config: { access: { read_only_page: true } } })
    const reader = await createToken({ ...closed, data }, 'download')
    const cookie = cookieOf(await signIn(url, reader))
    const get = async (path: string): Promise<[number, string]> => {
      const answer = await fetch(url + path, { headers: { cookie } })
      return [answer.status, await answer.text()]
    }
    const [status, page] = await get('/ui/')
    expect(status).toBe(200)
    expect(page).toContain('read only')
    expect(page).not.toContain('href="/ui/tokens"')
    expect((await get('/ui/misses'))[0]).toBe(200)
    for (const path of ['/ui/tokens', '/ui/settings'])
      expect((await get(path))[0], `GET ${path}`).toBe(403)
    const csrf = /name="csrf" value="([\w-]+)"/.exec(page)?.[1] ?? ''
    const forget = await fetch(`${url}/ui/misses/forget`, {
      method: 'POST',
      headers: { cookie },
      body: new URLSearchParams({ csrf }),
    })
    expect(forget.status).toBe(403)
    expect((await fetch(`${url}/api/v1/misses`, { headers: { cookie } })).status).toBe(401)
  })
})

async function signIn(url: string, token: string, next = '/ui/'): Promise<Response> {
  return await fetch(`${url}/ui/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ token, next }),
    redirect: 'manual',
  })
}

function cookieOf(answer: Response): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}
