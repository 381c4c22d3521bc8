import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { apiGet } from '../helpers/api-get.ts'
import { MAIN } from '../helpers/main-path.ts'
import { makePdb } from '../helpers/make-pdb.ts'
import { makePe } from '../helpers/make-pe.ts'
import { createToken, startServer, type RunningServer } from '../helpers/server.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { findTools } from '../oracles/find-tools.ts'

const page = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8')

interface Block {
  readonly heading: string
  readonly language: string
  readonly code: string
}

/** The code blocks of the page, each with the heading that it stands below. */
function codeBlocks(): readonly Block[] {
  const found: Block[] = []
  let heading = ''
  const parts = /^##? (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm
  for (const [, title, language = '', code] of page.matchAll(parts)) {
    if (title !== undefined) heading = title
    if (code !== undefined) found.push({ heading, language, code })
  }
  return found
}

const blocks = codeBlocks()

const codeOf = (heading: string, language: string): string =>
  blocks.find((each) => each.heading === heading && each.language === language)?.code ?? ''

/** Every text in a value that was YAML. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

/** The command lines of a block that push, without the syntax around them. */
function commandsOf({ language, code }: Block): readonly string[] {
  const all = (pattern: RegExp): readonly string[] =>
    [...code.matchAll(pattern)].map(([, command = '']) => command)
  switch (language) {
    case 'xml':
      return all(/\bCommand="([^"]*)"/g).map((command) => command.replaceAll('&quot;', '"'))
    case 'bat':
      return all(/^if defined SYMGATE_TOKEN (symgate push .*)$/gm)
    case 'groovy':
      return all(/\bsh '(symgate push [^']*)'/g)
    case 'yaml':
      return texts(parse(code)).filter((each) => each.startsWith('symgate push'))
    default:
      return all(/^(symgate push .*)$/gm)
  }
}

/** Those of the whole page, and Jenkins' for Windows, which stands in the text. */
const commands = [
  ...blocks.flatMap((each) =>
    commandsOf(each).map((command) => ({ heading: each.heading, command })),
  ),
  ...[...page.matchAll(/`bat '([^']*)'`/g)].map(([, command = '']) => ({
    heading: 'Jenkins',
    command,
  })),
]

/** A build's output in the places that the recipes name. */
function buildTree(): string {
  const folder = tempDir()
  for (const [index, path] of ['build/Release', 'out', 'dist'].entries()) {
    mkdirSync(join(folder, path), { recursive: true })
    const guid = String(index + 1).repeat(32)
    writeFileSync(join(folder, path, 'App.pdb'), makePdb({ guid, age: 1 }))
    const dll = makePe({ timestamp: 0x5617d563 + index, sizeOfImage: 0x8000 })
    writeFileSync(join(folder, path, 'App.dll'), dll)
  }
  return folder
}

/** The line after the build system has put its variables in. */
function filledIn(command: string, folder: string): string {
  const values: Readonly<Record<string, string>> = {
    Version: '1.2.3',
    MSBuildProjectName: 'App',
    TargetPath: join(folder, 'out/App.dll'),
    TargetDir: join(folder, 'out/'),
    TargetName: 'App',
    BUILD_NUMBER: '7',
    BUILD_TAG: 'jenkins-app-7',
    'github.ref_name': 'main',
    'github.run_number': '7',
    'github.repository': 'team/app',
    'build.number': '7',
    'system.teamcity.projectName': 'App',
    'Build.BuildNumber': '7',
    'Build.DefinitionName': 'App',
    'Build.BinariesDirectory': join(folder, 'out'),
  }
  const variable = /\$\{\{ ([\w.]+) \}\}|\$\(([\w.]+)\)|%([\w.]+)%/g
  return command.replaceAll(variable, (all, one?: string, two?: string, three?: string) => {
    const value = values[one ?? two ?? three ?? '']
    if (value === undefined) throw new Error(`no value for ${all}`)
    return value
  })
}

/** What a build has in its environment. */
async function environment(server: RunningServer): Promise<NodeJS.ProcessEnv> {
  const bin = tempDir()
  const program = join(bin, 'symgate')
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`)
  chmodSync(program, 0o755)
  return {
    ...process.env,
    CI_COMMIT_REF_SLUG: 'main',
    CI_PIPELINE_IID: '7',
    CI_PROJECT_PATH: 'team/app',
    BUILD_TAG: 'jenkins-app-7',
    JOB_NAME: 'app',
    PATH: `${bin}:${process.env['PATH']}`,
    SYMGATE_URL: server.url,
    SYMGATE_TOKEN: await createToken(server, 'upload'),
  }
}

it('the command of every recipe pushes what a build has left', async () => {
  expect(commands.length).toBe(page.match(/\bsymgate push -/g)?.length)
  const server = await startServer()
  const env = await environment(server)
  const folder = buildTree()
  const outcomes: unknown[] = []
  for (const { heading, command } of commands) {
    const line = filledIn(command, folder)
    const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: folder, env, encoding: 'utf8' })
    const { json } = await apiGet(server, '/uploads?limit=1')
    const { tag, product, stored, duplicates } = json.items[0] ?? {}
    outcomes.push([heading, status === 0 ? 0 : stderr, tag, product, stored + duplicates])
  }
  expect(outcomes).toEqual([
    ['Visual Studio and MSBuild', 0, '1.2.3', 'App', 2],
    ['Visual Studio and MSBuild', 0, '7', null, 2],
    ['GitHub Actions', 0, 'main-7', 'team/app', 2],
    ['GitLab CI', 0, 'main-7', 'team/app', 2],
    ['Jenkins', 0, 'jenkins-app-7', 'app', 2],
    ['TeamCity', 0, '7', 'App', 2],
    ['Azure Pipelines and everything else', 0, '7', 'App', 2],
    ['When a release is published', 0, 'v1.2.3', 'App', 2],
    ['Jenkins', 0, 'jenkins-app-7', null, 2],
  ])
  expect(JSON.parse(readFileSync(join(folder, 'symbols.json'), 'utf8'))).toMatchObject({ ok: true })
})

it('the line that makes a token does', async () => {
  const line = codeOf('Recipes: symbols from every build', '').trim()
  const server = await startServer()
  const env = { ...(await environment(server)), SYMGATE_DATA: server.data }
  const { status, stdout } = spawnSync('sh', ['-c', line], { env, encoding: 'utf8' })
  expect([line.split(' ')[0], status, stdout]).toEqual([
    'symgate',
    0,
    expect.stringMatching(/^[a-z2-7]{40}$/m),
  ])
})

const builders = findTools('cmake', 'gcc')

describe.skipIf(builders === undefined)('CMake', () => {
  it('builds the targets and pushes them', async () => {
    const server = await startServer()
    const env = await environment(server)
    const folder = tempDir()
    writeFileSync(join(folder, 'app.c'), 'int main(void) { return 0; }\n')
    writeFileSync(join(folder, 'plugin.c'), 'int answer(void) { return 42; }\n')
    const lines = [
      'cmake_minimum_required(VERSION 3.16)',
      'project(Demo VERSION 4.5 LANGUAGES C)',
      'add_compile_options(-g)',
      'add_link_options(-Wl,--build-id)',
      'add_executable(app app.c)',
      'add_library(plugin SHARED plugin.c)',
      codeOf('CMake', 'cmake'),
    ]
    writeFileSync(join(folder, 'CMakeLists.txt'), lines.join('\n'))
    const line = 'cmake -B build && cmake --build build --target push-symbols'
    const built = spawnSync('sh', ['-c', line], { cwd: folder, env, encoding: 'utf8' })
    expect([built.status, built.stdout]).toEqual([0, expect.stringContaining('sent and stored')])
    const { json } = await apiGet(server, '/uploads')
    expect(json.items).toMatchObject([{ tag: '4.5', product: 'Demo', stored: 2 }])
  })
})

describe('what the systems read', () => {
  it('GitHub’s job has steps, and the token only where it is needed', () => {
    const { jobs } = parse(codeOf('GitHub Actions', 'yaml'))
    const { steps } = jobs.build
    expect(steps.map((step: object) => 'uses' in step || 'run' in step)).not.toContain(false)
    expect(steps.at(-1).env).toEqual({
      SYMGATE_URL: 'https://symbols.example.com',
      SYMGATE_TOKEN: '${{ secrets.SYMGATE_TOKEN }}',
    })
  })

  it('GitLab’s job needs the build’s files', () => {
    const job = parse(codeOf('GitLab CI', 'yaml'))['push-symbols']
    expect(job).toMatchObject({
      needs: [{ job: 'build', artifacts: true }],
      variables: { SYMGATE_URL: 'https://symbols.example.com' },
      script: [expect.stringMatching(/^symgate push /)],
    })
  })

  const python = findTools('python3')

  it.skipIf(python === undefined)('MSBuild’s file is XML with a target after the build', () => {
    const script = [
      'import sys, xml.etree.ElementTree as tree',
      'target = tree.fromstring(sys.stdin.read()).find("Target")',
      'print(target.get("AfterTargets"), target.find("Exec").get("Command"))',
    ].join('\n')
    const { stdout } = spawnSync(python?.python3 ?? '', ['-c', script], {
      input: codeOf('Visual Studio and MSBuild', 'xml'),
      encoding: 'utf8',
    })
    expect(stdout).toMatch(/^Build symgate push --tag "\$\(Version\)" .*\.pdb"$/m)
  })
})
