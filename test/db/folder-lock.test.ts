import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockFolder } from '../../src/db/folder-lock.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MODULE = pathToFileURL(new URL('../../src/db/folder-lock.ts', import.meta.url).pathname).href

/** Another process that takes the lock and keeps it; resolves what it says. */
async function lockElsewhere(path: string) {
  const script = `import { lockFolder } from ${JSON.stringify(MODULE)}
    try { globalThis.lock = lockFolder(${JSON.stringify(path)}); console.log('locked') } catch (error) { console.log(error.code) }
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { said: String(said).trim(), kill }
}

describe('lockFolder', () => {
  it('keeps a second process out until the first lets go', async () => {
    const path = join(tempDir(), 'lock.db')
    const lock = lockFolder(path)
    const refused = await lockElsewhere(path)
    expect(refused.said).toBe('folder_in_use')
    lock.release()
    expect((await lockElsewhere(path)).said).toBe('locked')
  })

  it('is free again after the process that held it was killed', async () => {
    const path = join(tempDir(), 'lock.db')
    const other = await lockElsewhere(path)
    expect(other.said).toBe('locked')
    expect(() => lockFolder(path)).toThrow(expect.objectContaining({ code: 'folder_in_use' }))
    await other.kill()
    lockFolder(path).release()
  })

  it('keeps the same process out too', () => {
    const path = join(tempDir(), 'lock.db')
    const lock = lockFolder(path)
    expect(() => lockFolder(path)).toThrow(`${path} is locked`)
    lock.release()
  })

  const SQLITE = 'SQLite format 3\0'
  it.each([
    '',
    'this is no database\n'.repeat(100),
    'abcde',
    '\0'.repeat(4096),
    SQLITE.padEnd(600),
  ])(
    'takes one whose lock file is damaged (%#), and keeps others out all the same',
    async (text) => {
      const path = join(tempDir(), 'lock.db')
      writeFileSync(path, text)
      const damages: unknown[] = []
      const lock = lockFolder(path, (cause) => damages.push(cause))
      expect(damages).toHaveLength(text === '' ? 0 : 1)
      expect((await lockElsewhere(path)).said).toBe('folder_in_use')
      lock.release()
      writeFileSync(path, text)
      const others = await Promise.all([1, 2, 3].map(() => lockElsewhere(path)))
      expect(others.map(({ said }) => said).sort()).toEqual([
        'folder_in_use',
        'folder_in_use',
        'locked',
      ])
    },
  )

  it('does not take a lock file that cannot be used for another symgate', () => {
    const folder = join(tempDir(), 'lock.db')
    mkdirSync(folder)
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'store_unusable' }))
  })
})
