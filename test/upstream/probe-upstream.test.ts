import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { probeUpstream } from '../../src/upstream/probe-upstream.ts'
import { directorySettings } from '../helpers/directory-settings.ts'
import { httpSettings } from '../helpers/http-settings.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startUpstream } from '../helpers/upstream-server.ts'

describe('a probe', () => {
  it('is content with a server that does not have what nobody can have', async () => {
    const server = await startUpstream((_, response) => void response.writeHead(404).end())
    expect(await probeUpstream(httpSettings(server.url))).toEqual({ kind: 'ok' })
    expect(server.requests[0]?.url).toMatch(
      /^\/symgate-probe\.pdb\/[\dA-F]{32}1\/symgate-probe\.pdb$/,
    )
  })

  it.each(['symstore_index2', 'ssqp', 'breakpad', 'native'] as const)(
    'asks for something that has a place in the layout %s',
    async (layout) => {
      const server = await startUpstream((_, response) => void response.writeHead(404).end())
      expect(await probeUpstream(httpSettings(server.url, { layout }))).toEqual({ kind: 'ok' })
      expect(server.requests.length).toBeGreaterThan(0)
    },
  )

  it('is content with another symgate whose own upstreams are in trouble', async () => {
    const server = await startUpstream((_, response) => {
      response.writeHead(404, { 'x-symgate-miss': 'trouble' }).end()
    })
    expect(await probeUpstream(httpSettings(server.url))).toEqual({ kind: 'ok' })
  })

  it('is content with a folder that is there', async () => {
    const path = tempDir()
    expect(await probeUpstream(directorySettings(path))).toEqual({ kind: 'ok' })
    expect(await probeUpstream(directorySettings(join(path, 'none')))).toEqual({
      kind: 'failed',
      reason: 'missing_store',
      message: `the bucket or folder does not exist: the folder ${join(path, 'none')} is not there`,
    })
  })

  it.each([
    [200, {}, 'not_a_symbol_server', /made up/],
    [302, { location: '/again' }, 'not_a_symbol_server', /redirects/],
    [400, {}, 'not_a_symbol_server', /status 400/],
    [401, {}, 'unauthorized', /credentials are missing or wrong: status 401/],
    [403, {}, 'forbidden', /status 403/],
    [429, { 'retry-after': '60' }, 'unavailable', /status 429/],
    [500, {}, 'unavailable', /status 500/],
  ] as const)('tells what a status of %i means', async (status, headers, reason, message) => {
    const server = await startUpstream((_, response) => {
      response.writeHead(status, headers).end('<html>')
    })
    expect(await probeUpstream(httpSettings(server.url))).toEqual({
      kind: 'failed',
      reason,
      message: expect.stringMatching(message),
    })
    // A probe asks once, whatever the settings say.
    expect(server.requests.length).toBe(status === 302 ? 6 : 1)
  })

  it.each([
    ['http://no-such-host.invalid', 'name_resolution'],
    ['http://127.0.0.1:9', 'connection'],
  ])('of %s fails by %s', async (url, reason) => {
    expect(await probeUpstream(httpSettings(url))).toMatchObject({ kind: 'failed', reason })
  })

  it('tells a server without TLS, and one that speaks no HTTP', async () => {
    const server = await startUpstream((_, response) => void response.writeHead(404).end())
    const secure = server.url.replace('http:', 'https:')
    expect(await probeUpstream(httpSettings(secure))).toMatchObject({ reason: 'tls' })
    const chatty = createServer((socket) => void socket.on('error', () => {}).end('220 hello\r\n'))
    await new Promise<void>((resolve) => chatty.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void chatty.close())
    const url = `http://127.0.0.1:${(chatty.address() as AddressInfo).port}`
    expect(await probeUpstream(httpSettings(url))).toMatchObject({ reason: 'not_a_symbol_server' })
  })

  it('tells that a proxy is not there, and that one refuses', async () => {
    const proxy = { url: 'http://127.0.0.1:9', username: undefined, password: undefined }
    for (const url of ['http://example.com', 'https://example.com']) {
      expect(await probeUpstream(httpSettings(url, { proxy }))).toMatchObject({ reason: 'proxy' })
    }
    const server = await startUpstream((_, response) => void response.writeHead(407).end())
    const refusing = { ...proxy, url: server.url }
    expect(
      await probeUpstream(httpSettings('http://example.com', { proxy: refusing })),
    ).toMatchObject({ reason: 'proxy' })
  })
})
