import { execFile } from 'node:child_process'
import { cpSync, existsSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MAIN } from '../helpers/main-path.ts'
import { createToken, runSymgate, startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'

it('every command explains itself on --help', async () => {
  for (const command of [[], ['serve'], ['token', 'create'], ['push']]) {
    const { code, stdout } = await runSymgate([...command, '--help'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('symgate identify')])
  }
})

describe('symgate serve', () => {
  it('prints its address, and on the first start only a token and lines to paste', async () => {
    const first = await startServer()
    expect(first.stdout()).toContain(`listening on ${first.url}\n`)
    expect(first.adminToken).toMatch(/^[a-z2-7]{40}$/)
    expect(first.stdout()).toContain(`srv*C:\\Symbols*${first.url}`)
    expect(first.stdout()).toContain('curl ')
    expect(first.stdout()).toContain('It expires in 24 hours unless it is used before')
    expect(await first.stop()).toBe(0)

    const second = await startServer({ data: first.data })
    expect(second.adminToken).toBe('')
    expect(second.stdout().trim()).toBe(`listening on ${second.url}`)
  })

  it('owns its data folder: a second server on it exits 2 and says why', async () => {
    const { data } = await startServer()
    const { code, stderr } = await runSymgate(['serve', '--listen', '127.0.0.1:0', '--data', data])
    expect(code).toBe(2)
    expect(stderr).toContain('another symgate uses this data folder')
  })

  it('ends with exit 2 on a port in use, and shows the token at the start that succeeds', async () => {
    const other = await startServer()
    const data = tempDir()
    const listen = new URL(other.url).host
    const { code, stderr, stdout } = await runSymgate(['serve', '--listen', listen, '--data', data])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(`cannot listen on ${listen}`)
    expect((await startServer({ data })).adminToken).toMatch(/^[a-z2-7]{40}$/)
  })

  it('starts again after a kill', async () => {
    const first = await startServer()
    await first.kill()
    const second = await startServer({ data: first.data })
    expect((await fetch(`${second.url}/healthz`)).status).toBe(200)
  })

  it('lets only its owner open the control socket, however long the path of the data folder', async () => {
    const data = join(tempDir(), 'a-folder-with-quite-a-long-name'.repeat(6))
    const server = await startServer({ data })
    expect(statSync(join(data, 'control.sock')).mode & 0o777).toBe(0o600)
    await createToken(server, 'upload')
  })

  it('answers health, readiness, metrics and a page', async () => {
    const { url } = await startServer()
    expect(await (await fetch(`${url}/healthz`)).text()).toBe('ok\n')
    const text: unknown = expect.any(String)
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
      ready: true,
      checks: { store: 'ok', cache: 'ok', database: 'ok' },
      disks: { store: 'ok', cache: 'ok' },
      tools: { xz: text, lzip: text, bzip2: text, bsdtar: text },
    })
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('symgate_requests_total')
    expect((await fetch(url)).status).toBe(200)
  })

  it('tells of a disk that is low before and while it is, and serves on', async () => {
    const { url } = await startServer({ config: { limits: { min_free_space: '8000TiB' } } })
    const answer = await fetch(`${url}/readyz`)
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({
        ready: true,
        disks: {
          store: expect.stringMatching(/^low: \d+ MiB are free/),
          cache: expect.stringContaining('limits.min_free_space'),
        },
      }),
    ])
    const metrics = await (await fetch(`${url}/metrics`)).text()
    for (const disk of ['store', 'cache']) {
      expect(metrics).toMatch(new RegExp(`^symgate_disk_free_bytes{disk="${disk}"} [1-9]`, 'm'))
      expect(metrics).toContain(`symgate_disk_min_free_bytes{disk="${disk}"} ${8000 * 2 ** 40}\n`)
    }
  })

  it('is not ready when its database has been deleted or replaced', async () => {
    const server = await startServer()
    const { url } = server
    const file = join(server.data, 'symgate.db')
    const state = async (): Promise<string> => {
      const answer = await fetch(`${url}/readyz`)
      const { checks } = (await answer.json()) as { checks: { database: string } }
      return `${answer.status} ${checks.database}`
    }
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'symgate_ready{part="database"} 1',
    )
    renameSync(file, `${file}.aside`)
    expect(await state()).toMatch(/^503 Error: ENOENT/)
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'symgate_ready{part="database"} 0',
    )
    cpSync(`${file}.aside`, file)
    expect(await state()).toMatch(/^503 .*another file/)
    renameSync(`${file}.aside`, file)
    expect(await state()).toBe('200 ok')
  })

  it('stops with one line and exit 2 on a wrong key or value', async () => {
    const unknown = await runSymgate(['serve'], { env: { SYMGATE_LISTTEN: '127.0.0.1:0' } })
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr.trim().split('\n')).toHaveLength(1)
    expect(unknown.stderr).toContain('did you mean "SYMGATE_LISTEN"?')

    const { code, stderr } = await runSymgate(['serve', '--listen', 'nowhere'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^symgate: .*listen.*nowhere.*\n$/)
  })

  it('says in one line that Node is too old, before anything native is loaded', async () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' })`
    const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        ['--import', `data:text/javascript,${encodeURIComponent(old)}`, MAIN, 'serve'],
        (error, _, text) => resolve({ code: error?.code, stderr: text }),
      )
    })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^symgate needs Node 22\.19 or newer.*\n$/)
  })
})

describe('symgate token', () => {
  it('works beside a running server and takes effect at once', async () => {
    const server = await startServer({ config: { access: { anonymous_download: false } } })
    const get = async (token: string): Promise<number> =>
      (await fetch(`${server.url}/pingme.txt`, { headers: { authorization: `Bearer ${token}` } }))
        .status

    const made = await runSymgate([
      'token',
      'create',
      '--scope',
      'download',
      '--name',
      'build 7',
      '--data',
      server.data,
    ])
    const token = made.stdout.trim().split('\n').at(-1) ?? ''
    expect(token).toMatch(/^[a-z2-7]{40}$/)
    expect(await get(token)).toBe(200)
    expect(await get(token.toUpperCase())).toBe(200)

    const list = await runSymgate(['token', 'list', '--json', '--data', server.data])
    const listed = JSON.parse(list.stdout) as {
      id: string
      name: string
      scope: string
      last_used: string | null
    }[]
    const mine = listed.find(({ name }) => name === 'build 7')
    expect(mine).toMatchObject({
      scope: 'download',
      expires: null,
      last_used: expect.any(String),
    })
    expect(list.stdout).not.toContain(token)

    const revoked = await runSymgate(['token', 'revoke', mine?.id ?? '', '--data', server.data])
    expect(revoked.code).toBe(0)
    expect(await get(token)).toBe(401)
  })

  it('works without a server, under the lock of the folder', async () => {
    const server = await startServer()
    await server.stop()
    const { code, stdout } = await runSymgate([
      'token',
      'create',
      '--scope',
      'upload',
      '--expires',
      '90d',
      '--json',
      '--data',
      server.data,
    ])
    expect(code).toBe(0)
    const made = JSON.parse(stdout) as { token: string; expires: string }
    expect(made.token).toMatch(/^[a-z2-7]{40}$/)
    expect(Date.parse(made.expires) - Date.now()).toBeGreaterThan(89 * 86_400_000)
  })

  it('does not take an expired token', async () => {
    const server = await startServer({ config: { access: { anonymous_download: false } } })
    const token = await createToken(server, 'download', { expiresInMs: 1 })
    const { status } = await fetch(`${server.url}/pingme.txt`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(status).toBe(401)
  })

  it('names what is wrong with a command line and exits 2', async () => {
    for (const [args, message] of [
      [
        ['token', 'create', '--scope', 'owner'],
        '--scope must be one of download, upload, admin, not "owner"',
      ],
      [['token', 'create', '--scope', 'admin', '--expires', 'soon'], '"soon" is no duration'],
      [['token', 'create', '--scop', 'admin'], "Unknown option '--scop'"],
      [['tokens'], 'unknown command "tokens"'],
    ] as const) {
      const { code, stderr } = await runSymgate(args)
      expect(stderr).toContain(message)
      expect(code).toBe(2)
    }
    const server = await startServer()
    const revoke = ['token', 'revoke', 'nosuchid', '--data', server.data]
    const { code, stderr } = await runSymgate(revoke)
    expect(stderr).toContain('there is no token "nosuchid"')
    expect(code).toBe(1)
  })

  it('leaves no data folder behind for a wrong command line', async () => {
    const data = join(tempDir(), 'none')
    await runSymgate(['token', 'create', '--data', data])
    expect(existsSync(data)).toBe(false)
  })
})
