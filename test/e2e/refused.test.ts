import { expect, it } from 'vitest'
import { apiGet } from '../helpers/api-get.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'

const pdb = makePdb({ guid: 'A'.repeat(32), age: 1, size: 20_000 })

/** What the history tells of refused uploads, the oldest first. */
async function refusals(server: RunningServer): Promise<readonly unknown[]> {
  const { json } = await apiGet(server, '/uploads?verdict=failed')
  const items: readonly { tag: string; error: { code: string; message: string } }[] = json.items
  return items.map(({ tag, error }) => [tag, error.code, error.message]).toReversed()
}

it('an upload that is refused before it is received is in the history with its reason', async () => {
  const server = await startServer({ config: { limits: { upload_size: '1MiB' } } })
  const token = await createToken(server, 'upload', { tags: ['team-*'] })
  const post = async (query: string, body: Buffer = pdb): Promise<number> => {
    const url = `${server.url}/${token}/symbols?upload_file=App.pdb&${query}`
    return (await fetch(url, { method: 'POST', body })).status
  }
  expect(await post('tag=other')).toBe(403)
  expect(await post('tag=team-1&strict=maybe')).toBe(400)
  expect(await post('tag=team-1', Buffer.alloc(2 << 20))).toBe(413)
  expect(await post('tag=team-1&async=maybe')).toBe(400)
  const unknown = await fetch(`${server.url}/${'a'.repeat(40)}/symbols`, {
    method: 'POST',
    body: pdb,
  })
  expect(unknown.status).toBe(403)
  expect(await refusals(server)).toEqual([
    ['other', 'token_limited', 'the token may upload under tags team-* only, not "other"'],
    ['anon', 'request_invalid', expect.stringContaining('strict')],
    ['team-1', 'limit_exceeded', expect.stringContaining('limits.upload_size')],
    ['team-1', 'request_invalid', expect.stringContaining('async')],
  ])
})

it('an upload in any form that the free space is too little for is in the history', async () => {
  const server = await startServer({ config: { limits: { min_free_space: '900TiB' } } })
  const token = await createToken(server, 'upload')
  const post = async (path: string): Promise<number> =>
    (await fetch(server.url + path, { method: 'POST', body: pdb })).status
  expect(await post(`/${token}/symbols?upload_file=App.pdb&tag=sync`)).toBe(507)
  expect(await post(`/${token}/symbols?upload_file=App.pdb&tag=async&async=1`)).toBe(507)
  const created = await fetch(`${server.url}/v1/uploads:create?key=${token}`, { method: 'POST' })
  const { uploadUrl }: { uploadUrl: string } = JSON.parse(await created.text())
  expect((await fetch(uploadUrl, { method: 'PUT', body: pdb })).status).toBe(507)
  const reason = expect.stringContaining('limits.min_free_space')
  expect(await refusals(server)).toEqual([
    ['sync', 'disk_full', reason],
    ['async', 'disk_full', reason],
    ['anon', 'disk_full', reason],
  ])
})
