import { describe, expect, it } from 'vitest'
import { startApi } from './start-api.ts'

const ID = '497B72F6390A44FC878E5A2D63B6CC4B1'
const PATH = `App.pdb/${ID}/App.pdb`

describe('/explain', () => {
  it('tells of a stored file where it lies, whatever spelling is pasted', async () => {
    const { request, blobs } = await startApi()
    blobs.put({
      blob: {
        root: 'hosted',
        key: PATH,
        kind: 'pdb',
        size: 7,
        etag: 'e',
        source: undefined,
        modifiedAtMs: 1,
      },
      identities: [`path:${PATH.toLowerCase()}`],
    })
    for (const path of [PATH, `/download/symbols/${PATH.toLowerCase()}`, `http://host:1/${PATH}`]) {
      const { json } = await request(`/explain?path=${encodeURIComponent(path)}`)
      expect(json, `of ${path}`).toMatchObject({
        form: 'plain',
        result: 'hosted',
        stored: { root: 'hosted', path: PATH, size: 7 },
        upstreams: [],
      })
    }
  })

  it('ends without upstreams in «absent», and says at which step', async () => {
    const { request } = await startApi()
    const { json } = await request(`/explain?path=${PATH}`)
    expect(json).toMatchObject({ path: PATH, result: 'absent', stored: null })
    expect(json.steps.map(({ title }: { title: string }) => title)).toEqual([
      'Path',
      'Identities',
      'Stored',
    ])
  })

  it('knows the paths that are nobody’s', async () => {
    const { request } = await startApi()
    const cabinet = await request(`/explain?path=App.pdb/${ID}/App.pd_`)
    expect(cabinet.json).toMatchObject({ form: 'compressed', result: 'absent' })
    const zeros = await request(`/explain?path=a.pdb/${'0'.repeat(33)}/a.pdb`)
    expect(zeros.json).toMatchObject({ result: 'malformed' })
    const { status, json } = await request('/explain?path=hello')
    expect([status, json.error.message]).toEqual([
      400,
      'path is "hello"; allowed: a symbol path, name/id/file',
    ])
  })
})
