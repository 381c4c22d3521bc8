import { describe, expect, it } from 'vitest'
import { startApi } from './start-api.ts'

describe('/tokens', () => {
  it('makes a token whose text is told once', async () => {
    const { request, tokens } = await startApi()
    const { status, json } = await request('/tokens', {
      method: 'POST',
      body: { scope: 'upload', name: 'build <agent>', expires: '90d' },
    })
    expect(status).toBe(201)
    expect(json).toMatchObject({ scope: 'upload', name: 'build <agent>', last_used: null })
    expect(Date.parse(json.expires) - Date.parse(json.created)).toBe(90 * 86_400_000)
    expect(tokens.check(json.token)).toMatchObject({ kind: 'valid', token: { id: json.id } })
    const list = await request('/tokens')
    expect(list.json.items).toHaveLength(2)
    expect(JSON.stringify(list.json)).not.toContain(json.token)
  })

  it('lists all tokens page by page, each once', async () => {
    const { request, tokenOf } = await startApi()
    for (let count = 0; count < 24; count++) tokenOf('upload')
    const seen: string[] = []
    let cursor = ''
    do {
      const { json } = await request(`/tokens?limit=10${cursor}`)
      seen.push(...json.items.map(({ id }: { id: string }) => id))
      cursor = json.next === null ? '' : `&cursor=${json.next}`
    } while (cursor !== '')
    expect(new Set(seen).size).toBe(25)
    expect(seen).toHaveLength(25)
  })

  it('revokes a token, once', async () => {
    const { request, tokens } = await startApi()
    const { text, token } = tokens.create({ scope: 'upload', name: '' })
    expect((await request(`/tokens/${token.id}`, { method: 'DELETE' })).status).toBe(204)
    expect(tokens.check(text).kind).toBe('invalid')
    const again = await request(`/tokens/${token.id}`, { method: 'DELETE' })
    expect([again.status, again.json.error.code]).toEqual([404, 'not_found'])
  })
})
