import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { makePdb } from '../helpers/make-pdb.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer } from '../helpers/server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'

it('an upload that is under way at a stop is taken in, acknowledged and there after the next start', async () => {
  const server = await startServer()
  const token = await createToken(server, 'upload')
  const body = makeZip([{ name: 'app.pdb', data: makePdb({ guid: GUID, age: 1 }) }])
  const sending = request(`${server.url}/${token}/symbols`, {
    method: 'POST',
    headers: { 'content-length': body.byteLength },
  })
  const answered = new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    sending.once('error', reject)
    sending.once('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject)
    })
  })
  await new Promise((resolve) => sending.write(body.subarray(0, 100), resolve))
  await new Promise((resolve) => setTimeout(resolve, 200))
  const stopped = server.stop()
  await new Promise((resolve) => setTimeout(resolve, 200))
  sending.end(body.subarray(100))
  expect(await answered).toMatchObject({ status: 200 })
  expect(await stopped).toBe(0)
  expect(server.log().filter(({ level }) => level === 'error')).toEqual([])

  const again = await startServer({ data: server.data })
  expect((await fetch(`${again.url}/app.pdb/${GUID}1/app.pdb`)).status).toBe(200)
})
