import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { buildElfProgram, type BuiltElfProgram } from '../helpers/build-elf-program.ts'
import { curl } from '../helpers/curl.ts'
import { freePort } from '../helpers/free-port.ts'
import { makeZip } from '../helpers/make-zip.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startUpstream } from '../helpers/upstream-server.ts'
import { findTools } from '../oracles/find-tools.ts'

const run = promisify(execFile)
const builders = findTools('gcc', 'objcopy', 'strip', 'readelf')
const clients = findTools('gdb', 'debuginfod-find', 'debuginfod')
const llvm = findTools('llvm-symbolizer', 'nm')
const lldb = findTools('lldb')

/** Environment of a debuginfod client that asks this server, with a cache of its own. */
function asking(url: string): NodeJS.ProcessEnv {
  return { ...process.env, DEBUGINFOD_URLS: url, DEBUGINFOD_CACHE_PATH: tempDir(), HOME: tempDir() }
}

/** A server that hosts the debug file and the stripped program, uploaded in one zip. */
async function hosting(program: BuiltElfProgram, config = {}): Promise<RunningServer> {
  const server = await startServer({ config })
  await upload(server, {
    'app.debug': readFileSync(program.debug),
    app: readFileSync(program.stripped),
  })
  return server
}

async function upload(
  { url, adminToken }: RunningServer,
  files: Readonly<Record<string, Buffer>>,
): Promise<void> {
  const response = await fetch(`${url}/api/v1/uploads`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}` },
    body: makeZip(Object.entries(files).map(([name, data]) => ({ name, data }))),
  })
  expect(response.status).toBe(200)
}

describe.skipIf(builders === undefined)('debuginfod paths', () => {
  it('answer debug file and program, with HEAD, ranges and what clients show', async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    for (const [artifact, file] of [
      ['debuginfo', readFileSync(program.debug)],
      ['executable', readFileSync(program.stripped)],
    ] as const) {
      const path = `${url}/buildid/${program.buildId}/${artifact}`
      const whole = await curl(path)
      expect([whole.status, whole.body.equals(file)]).toEqual([200, true])
      expect(whole.headers.get('last-modified')).toBeDefined()
      expect(whole.headers.get('x-debuginfod-size')).toBe(String(file.byteLength))
      const head = await curl('-I', path)
      expect([head.status, head.headers.get('content-length'), head.body.byteLength]).toEqual([
        200,
        String(file.byteLength),
        0,
      ])
      const part = await curl('-r', '100-199', path)
      expect([part.status, part.body.equals(file.subarray(100, 200))]).toEqual([206, true])
    }
  })

  it('answer the same files as the SSQP keys, also below a token, and ask for one where there has to be', async () => {
    const program = buildElfProgram()
    const server = await hosting(program, { access: { anonymous_download: false } })
    const { buildId } = program
    const token = await createToken(server, 'download')
    for (const [debuginfod, ssqp] of [
      [`buildid/${buildId}/debuginfo`, `_.debug/elf-buildid-sym-${buildId}/_.debug`],
      [`buildid/${buildId}/executable`, `app/elf-buildid-${buildId}/app`],
    ]) {
      const [one, other] = await Promise.all([
        curl(`${server.url}/t/${token}/${debuginfod}`),
        curl(`${server.url}/t/${token}/${ssqp}`),
      ])
      expect([one.status, other.status, one.body.equals(other.body)]).toEqual([200, 200, true])
      expect((await curl(`${server.url}/${debuginfod}`)).status).toBe(401)
    }
  })

  it('answer sections of the debug file, or else of the program, whole and in parts', async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    for (const [section, file] of [
      ['.debug_line', program.debug],
      ['.text', program.stripped],
    ] as const) {
      const expected = await sectionOf(file, section)
      const { status, body, headers } = await curl(
        `${url}/buildid/${program.buildId}/section/${section}`,
      )
      expect([section, status, body.equals(expected)]).toEqual([section, 200, true])
      const part = await curl('-r', '-5', `${url}/buildid/${program.buildId}/section/${section}`)
      expect([part.status, part.body.equals(expected.subarray(-5))]).toEqual([206, true])
      const again = await curl(
        '-H',
        `If-None-Match: ${headers.get('etag')}`,
        `${url}/buildid/${program.buildId}/section/${section}`,
      )
      expect(again.status).toBe(304)
    }
  })

  it('answer 404, to be remembered by nobody, for what is not there', async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    const { buildId } = program
    for (const [path, miss] of [
      [`${buildId}/section/.none`, 'absent'],
      [`${buildId}/source/usr/src/main.c`, 'absent'],
      [`${buildId.replace(/^../, '00')}/debuginfo`, 'absent'],
      [`${'0'.repeat(40)}/debuginfo`, 'malformed'],
      [`${buildId}/other`, 'malformed'],
      ['xyz/executable', 'malformed'],
    ]) {
      const { status, headers } = await curl(`${url}/buildid/${path}`)
      expect([path, status, headers.get('x-symgate-miss'), headers.get('cache-control')]).toEqual([
        path,
        404,
        miss,
        'no-store',
      ])
    }
  })

  it('answer both from one file that was not split', async () => {
    const program = buildElfProgram()
    const server = await startServer()
    await upload(server, { app: readFileSync(program.whole) })
    for (const artifact of ['debuginfo', 'executable']) {
      const { body } = await curl(`${server.url}/buildid/${program.buildId}/${artifact}`)
      expect(body.equals(readFileSync(program.whole))).toBe(true)
    }
  })
})

describe.skipIf(builders === undefined || clients === undefined)('real clients', () => {
  it('gdb names functions and lines of a stripped program', async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    const { stdout } = await run(
      'gdb',
      [
        '-batch',
        '-iex',
        'set debuginfod enabled on',
        '-ex',
        'info line depth',
        '-ex',
        'list depth',
        program.stripped,
      ],
      { env: asking(url), cwd: dirname(program.stripped) },
    )
    expect(stdout).toMatch(/Line 2 of "[^"]*main\.c" starts at address \w+ <depth>/)
  })

  it('debuginfod-find finds debug file, program and section', async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    const find = async (...args: readonly string[]): Promise<Buffer> => {
      const { stdout } = await run('debuginfod-find', [...args], { env: asking(url) })
      return readFileSync(stdout.trim())
    }
    const { buildId } = program
    expect(await find('debuginfo', buildId)).toEqual(readFileSync(program.debug))
    expect(await find('executable', buildId)).toEqual(readFileSync(program.stripped))
    expect(await find('section', buildId, '.debug_line')).toEqual(
      await sectionOf(program.debug, '.debug_line'),
    )
    await expect(find('source', buildId, '/usr/src/main.c')).rejects.toThrow('No such file')
  })

  it("elfutils' own server serves what symgate has", async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    const front = await startDebuginfod({ env: asking(url) })
    const { status, body } = await curl(`${front.url}/buildid/${program.buildId}/debuginfo`)
    expect([status, body.equals(readFileSync(program.debug))]).toEqual([200, true])
  })
})

describe.skipIf(builders === undefined || clients === undefined)(
  "elfutils' server as an upstream",
  () => {
    it('gives debug files, programs and sources, which stay when it has gone', async () => {
      const program = buildElfProgram()
      const { buildId } = program
      const back = await startDebuginfod({ folder: program.folder })
      await waitUntil(
        () => fetch(`${back.url}/buildid/${buildId}/debuginfo`).then(({ ok }) => ok),
        20_000,
      )
      const { url } = await startServer({
        config: { upstreams: [{ name: 'elfutils', type: 'debuginfod', url: back.url }] },
      })
      const { stdout } = await run(
        'gdb',
        ['-batch', '-iex', 'set debuginfod enabled on', '-ex', 'list depth', program.stripped],
        { env: asking(url), cwd: dirname(program.stripped) },
      )
      expect(stdout).toContain('if (n == 0) abort();')
      const paths = [
        `buildid/${buildId}/debuginfo`,
        `_.debug/elf-buildid-sym-${buildId}/_.debug`,
        `buildid/${buildId}/source${program.source}`,
      ]
      const before = await Promise.all(paths.map((path) => curl(`${url}/${path}`)))
      expect(before.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(before[2]?.body.equals(readFileSync(program.source))).toBe(true)
      back.kill()
      for (const [index, path] of paths.entries()) {
        const { status, body, headers } = await curl(`${url}/${path}`)
        expect([path, status, headers.get('x-symgate-source')]).toEqual([path, 200, 'cache'])
        expect(body.equals(before[index]?.body ?? Buffer.alloc(0))).toBe(true)
      }
    })

    it('is asked for what a client wants under an SSQP key, and a miss is remembered', async () => {
      const program = buildElfProgram()
      const requests: string[] = []
      const back = await startUpstream((request, response) => {
        requests.push(`${request.method} ${request.url} ${request.headers['x-forwarded-for']}`)
        const has = request.url === `/buildid/${program.buildId}/executable`
        response.writeHead(has ? 200 : 404).end(has ? readFileSync(program.stripped) : undefined)
      })
      const { url } = await startServer({
        config: { upstreams: [{ name: 'one', type: 'debuginfod', url: back.url }] },
      })
      const { body } = await curl(`${url}/app/elf-buildid-${program.buildId}/app`)
      expect(body.equals(readFileSync(program.stripped))).toBe(true)
      for (let time = 0; time < 2; time++) {
        expect((await curl(`${url}/buildid/${program.buildId}/debuginfo`)).status).toBe(404)
        expect((await curl(`${url}/a.pdb/${'AB'.repeat(16)}1/a.pdb`)).status).toBe(404)
      }
      expect(requests).toEqual([
        expect.stringMatching(/^GET \/buildid\/[\da-f]{40}\/executable symgate-[a-z2-7]+$/),
        expect.stringMatching(/^GET \/buildid\/[\da-f]{40}\/debuginfo symgate-[a-z2-7]+$/),
      ])
    })

    it('may ask the symgate that asks it: what nobody has is soon known', async () => {
      const port = await freePort()
      const back = await startDebuginfod({ env: asking(`http://127.0.0.1:${port}`) })
      await startServer({
        config: {
          upstreams: [{ name: 'elfutils', type: 'debuginfod', url: back.url }],
        },
        listen: `127.0.0.1:${port}`,
      })
      const path = `buildid/${'0123456789'.repeat(4)}/debuginfo`
      for (const url of [`http://127.0.0.1:${port}`, back.url])
        expect((await curl(`${url}/${path}`)).status).toBe(404)
    })
  },
)

describe.skipIf(builders === undefined || llvm === undefined)('llvm-symbolizer', () => {
  it('names function and line by the build-id alone', async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    const { stdout: symbols } = await run('nm', [program.whole])
    const address = /^([\da-f]+) T depth$/m.exec(symbols)?.[1] ?? ''
    const { stdout } = await run(
      llvm?.['llvm-symbolizer'] ?? '',
      ['--debuginfod', `--build-id=${program.buildId}`, `0x${address}`],
      { env: asking(url) },
    )
    expect(stdout).toMatch(/^depth\n.*main\.c:2/)
  })
})

describe.skipIf(builders === undefined || lldb === undefined)('lldb', () => {
  it('names function and line of a stripped program', async () => {
    const program = buildElfProgram()
    const { url } = await hosting(program)
    const servers = `settings set plugin.symbol-locator.debuginfod.server-urls ${url}`
    const { stdout } = await run(
      lldb?.lldb ?? '',
      ['-b', '-O', servers, '-o', 'image lookup -n depth', program.stripped],
      { env: { ...asking(url), XDG_CACHE_HOME: tempDir() } },
    )
    expect(stdout).toMatch(/depth at main\.c:/)
  })
})

/** The bytes of a section, as objcopy cuts them. */
async function sectionOf(file: string, section: string): Promise<Buffer> {
  const output = `${tempDir()}/section`
  await run('objcopy', ['--dump-section', `${section}=${output}`, file, `${tempDir()}/rest`])
  return readFileSync(output)
}

/** Starts elfutils' server over a folder, empty where none is given; gives its address, and what ends it. */
async function startDebuginfod({
  folder = tempDir(),
  env = process.env,
}: {
  folder?: string
  env?: NodeJS.ProcessEnv
}): Promise<{ url: string; kill: () => void }> {
  const port = await freePort()
  const args = ['-p', String(port), '-d', `${tempDir()}/index.sqlite`, '-F', folder]
  const server = spawn('debuginfod', args, { env, stdio: 'ignore' })
  const kill = (): void => void server.kill('SIGKILL')
  onTestFinished(kill)
  const url = `http://127.0.0.1:${port}`
  await waitUntil(
    () =>
      fetch(`${url}/metrics`).then(
        ({ ok }) => ok,
        () => false,
      ),
    20_000,
  )
  return { url, kill }
}
