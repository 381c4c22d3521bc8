import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { findTools } from '../oracles/find-tools.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const place = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const read = (path: string): string => readFileSync(place(path), 'utf8')
const systemd = findTools('systemd-analyze')

describe.skipIf(systemd === undefined)('the systemd unit', () => {
  /** The unit as on a machine on which everything is in its place. */
  function installed(): string {
    const folder = tempDir()
    const unit = join(folder, 'symgate.service')
    writeFileSync(
      unit,
      read('docker/symgate.service').replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'),
    )
    return unit
  }

  it('is one that systemd takes without a word', () => {
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', installed()], {
      encoding: 'utf8',
    })
    expect(stderr.split('\n').filter((line) => line.includes('symgate.service'))).toEqual([])
    expect(status).toBe(0)
  })

  it('is locked up as far as Node and the archive sandbox let it', () => {
    const { stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--no-pager', installed()],
      { encoding: 'utf8' },
    )
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])
    expect(exposure).toBeLessThan(3)
  })
})

describe('the Docker image', () => {
  const lines = read('docker/Dockerfile').replaceAll('\\\n', ' ').split('\n')

  it('is made of files that are there and that the build may see', () => {
    const sources = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1))
    expect(sources).toContain('package-lock.json')
    const visible = new Set(
      read('docker/Dockerfile.dockerignore')
        .split('\n')
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1)),
    )
    for (const source of sources) {
      expect([source, existsSync(place(source))]).toEqual([source, true])
      expect([source, visible.has(source)]).toEqual([source, true])
    }
  })

  it('runs as nobody in particular, with a health check and no shell between it and signals', () => {
    expect(lines).toContain('USER node')
    expect(lines.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true)
    expect(lines).toContain('ENTRYPOINT ["symgate"]')
  })

  it('is started by Compose with nothing to write but its data', () => {
    const { services } = parse(read('docker/compose.yaml')) as {
      services: Record<string, Record<string, unknown>>
    }
    expect(services['symgate']).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['data:/data'],
    })
  })

  it('is reached through nginx over http and https, with certificates from where they are mounted', () => {
    const { services } = parse(read('docker/compose.yaml')) as {
      services: Record<string, Record<string, unknown>>
    }
    const { ports, volumes } = z
      .object({ ports: z.array(z.string()), volumes: z.array(z.string()) })
      .parse(services['proxy'])
    const conf = read('docker/nginx.conf')
    const listened = [...conf.matchAll(/^ *listen (\d+)/gm)].map(([, port]) => `${port}:${port}`)
    expect(ports).toEqual(listened)
    const mounted = volumes.map((volume) => volume.split(':').at(-2))
    for (const [, folder] of conf.matchAll(/^ *ssl_certificate(?:_key)? +(\S+)\//gm))
      expect(mounted).toContain(folder)
    expect(listened).toEqual(['80:80', '443:443'])
  })

  it('has all that the server needs in what is copied, and nothing else', () => {
    const folder = tempDir()
    mkdirSync(join(folder, 'app'))
    for (const each of ['dist', 'package.json', 'LICENSE', 'CHANGELOG.md'])
      execFileSync('cp', ['-r', place(each), join(folder, 'app', each)])
    execFileSync('ln', ['-s', place('node_modules'), join(folder, 'app', 'node_modules')])
    const version = execFileSync(process.execPath, [join(folder, 'app/dist/main.js'), 'version'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(version).toMatch(/^\d+\.\d+\.\d+$/m)
  })
})
