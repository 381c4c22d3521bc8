import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { crashProgram } from '../helpers/crash-program.ts'
import { curl } from '../helpers/curl.ts'
import { startServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { findTools } from '../oracles/find-tools.ts'

/** Breakpad's own tools, built for Linux on x86-64 alone. */
const TOOLS = fileURLToPath(new URL('../../node_modules/minidump/bin/linux-x64/', import.meta.url))
const builders = findTools('gcc', 'gdb', 'readelf')
const canRun =
  process.platform === 'linux' && process.arch === 'x64' && existsSync(join(TOOLS, 'dump_syms'))
if (!canRun) process.stderr.write('SKIPPED: no dump_syms and minidump_stackwalk for this machine\n')

const breakpad = (tool: string, ...args: readonly string[]): string =>
  execFileSync(join(TOOLS, tool), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

describe.skipIf(builders === undefined || !canRun)('a real crash', () => {
  it("is named by Breakpad's processor with a .sym that was uploaded and fetched again", async () => {
    const { program, dump, buildId } = crashProgram()
    const sym = breakpad('dump_syms', program)
    const debugId = /^MODULE Linux x86_64 ([\dA-F]{33}) crasher$/m.exec(sym)?.[1] ?? ''
    const { url, adminToken } = await startServer()
    const upload = await fetch(`${url}/api/v1/uploads?upload_file=crasher.sym`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}` },
      body: sym,
    })
    expect(upload.status).toBe(200)

    const symbols = tempDir()
    expect(breakpad('minidump_stackwalk', '-m', dump, symbols)).not.toContain('|crash|')
    const key = `crasher/${debugId}/crasher.sym`
    for (const path of [key, key.toLowerCase(), `crasher/${buildId.toUpperCase()}/crasher.sym`]) {
      const { status, body } = await curl(`${url}/${path}`)
      expect([path, status, body.toString()]).toEqual([path, 200, sym])
    }
    // As the processors that take gzip ask for it.
    const { headers, body } = await curl('-H', 'Accept-Encoding: gzip', `${url}/${key}`)
    expect(headers.get('content-encoding')).toBe('gzip')
    mkdirSync(dirname(join(symbols, key)), { recursive: true })
    writeFileSync(join(symbols, key), gunzipSync(body))

    const frames = breakpad('minidump_stackwalk', '-m', dump, symbols)
      .split('\n')
      .filter((line) => /^0\|\d\|crasher\|/.test(line))
      .map((line) => line.split('|').slice(3, 6))
      .map(([name, file = '', line]) => [name, file.replace(/.*\//, ''), line])
    expect(frames.slice(0, 3)).toEqual([
      ['crash', 'main.c', '3'],
      ['crash', 'main.c', '2'],
      ['main', 'main.c', '6'],
    ])
  })
})
