import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { openDataFolder } from '../../src/composition/data-folder.ts'
import { loadConfig } from '../../src/config/load.ts'
import { serve } from '../../src/server.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const log = createLogger('silent')

function configured(data?: string) {
  const cwd = tempDir()
  const env = {
    SYMGATE_PRESETS: 'off',
    SYMGATE_LOG__LEVEL: 'silent',
    SYMGATE_LISTEN: '127.0.0.1:0',
  }
  return loadConfig({ flags: { data: data ?? cwd }, env, cwd })
}

it('a data folder of which a part cannot be opened is given back', async () => {
  const config = configured()
  const symbols = join(config.data, 'symbols')
  writeFileSync(symbols, '')
  await expect(openDataFolder(config, log)).rejects.toThrow('as a store')
  rmSync(symbols)
  await (await openDataFolder(config, log)).close()
})

it('a data folder that cannot be made is named', async () => {
  const opened = openDataFolder(configured('/proc/symgate'), log)
  await expect(opened).rejects.toThrow('cannot make the data folder /proc/symgate: Error: ENOENT')
})

it('a data folder is given back by a server that cannot be put together', async () => {
  const config = configured()
  const stage = vi.spyOn(LocalStore.prototype, 'stage').mockRejectedValueOnce(new Error('broken'))
  await expect(serve(config, [], () => expect.unreachable())).rejects.toThrow('broken')
  stage.mockRestore()
  await (await openDataFolder(config, log)).close()
})
