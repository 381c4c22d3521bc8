import { describe, expect, it } from 'vitest'
import { matchDebuginfod } from '../../../src/http/download/debuginfod-request.ts'

const ID = '10faa6bbaab83db34cb1c9a6a6bb5ee41f4c1b1e'
const TOKEN = 'o7qvrdusbquvuftse42rabcdefghijklmnopqrst'

/** What is looked up for a target, or why nothing is. */
function asked(target: string): unknown {
  const request = matchDebuginfod(target)
  if (request.kind === 'debuginfod') return request.path.identities[0]
  return request.kind === 'section' ? request.section : request.kind
}

describe('a build-id', () => {
  it('is asked for as debug file and as executable, at the root and below the bases of symbols', () => {
    for (const base of [
      '',
      '/symbols',
      '/download/symbols',
      `/t/${TOKEN}`,
      `/t/${TOKEN}/symbols`,
    ]) {
      const debuginfo = matchDebuginfod(`${base}/buildid/${ID}/debuginfo`)
      expect(debuginfo).toMatchObject({
        kind: 'debuginfod',
        token: base.includes(TOKEN) ? TOKEN : undefined,
        path: { storePath: `_.debug/elf-buildid-sym-${ID}/_.debug` },
      })
      expect(asked(`${base}//buildid/${ID.toUpperCase()}/executable`)).toEqual({
        kind: 'elf',
        buildId: ID,
      })
    }
  })

  it('of any length is asked for as it is', () => {
    for (const buildId of ['0123abcd', `${ID}${ID}`, '10faa6bbaab83db3']) {
      expect(asked(`/buildid/${buildId}/debuginfo`)).toEqual({ kind: 'elf-debug', buildId })
    }
  })

  it('that no file can have is malformed', () => {
    for (const id of ['xyz', 'abc', 'a'.repeat(130), '0'.repeat(40), '..', '1'])
      expect([id, asked(`/buildid/${id}/debuginfo`)]).toEqual([id, 'malformed'])
    for (const rest of ['', '/other', '/debuginfo/more', '/section', '/source'])
      expect(asked(`/buildid/${ID}${rest}`)).toBe(rest === '' ? 'none' : 'malformed')
  })
})

it('a section is named by the rest of the path', () => {
  expect(asked(`/buildid/${ID}/section/.gdb_index`)).toBe('.gdb_index')
  expect(asked(`/buildid/${ID}/section/a%2Fb/c`)).toBe('a/b/c')
  expect(asked(`/buildid/${ID}/section/${'x'.repeat(300)}`)).toBe('malformed')
})

describe('a source file', () => {
  const source = (target: string) => {
    const request = matchDebuginfod(target)
    return request.kind === 'debuginfod' ? request.path : undefined
  }

  it('keeps the path that the upstream is asked for, and lies under a hash of it', () => {
    const path = source(`/buildid/${ID}/source//usr/src/my%20app/main.c`)
    expect(path?.source).toEqual({ buildId: ID, path: '/usr/src/my app/main.c' })
    expect(path?.storePath).toMatch(/^main\.c\/debuginfod-source-[\da-f]{40}\/main\.c$/)
    expect(path?.canonical).toBe(
      source(`/buildid/${ID}/source/usr/src/./my+x/../my app/main.c`.replace('my app', 'my%20app'))
        ?.canonical,
    )
    expect(path?.canonical).not.toBe(
      source(`/buildid/${ID}/source/usr/src/other/main.c`)?.canonical,
    )
  })

  it('never climbs above the root, and has no hostile name', () => {
    expect(source(`/buildid/${ID}/source/../../../etc/passwd`)?.source?.path).toBe('/etc/passwd')
    expect(source(`/buildid/${ID}/source/con.c`)?.file).toBe('source')
    expect(source(`/buildid/${ID}/source/${'x'.repeat(300)}`)?.file).toBe('source')
  })
})

it('other paths are none of it', () => {
  for (const target of [
    '/',
    '/buildid',
    '/api/v1/tokens',
    '/a.pdb/1/a.pdb',
    '/x/buildid/ab/debuginfo',
  ])
    expect(asked(target)).toBe('none')
})
