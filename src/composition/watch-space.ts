import type { Config } from '../config/config.ts'
import { FreeSpace } from '../lib/free-space.ts'
import type { Logger } from '../telemetry/logger.ts'

/** Watches the disk of the store, or of the cache, and logs when it becomes low and when it is well again. */
export function watchSpace(config: Config, disk: 'store' | 'cache', log: Logger): FreeSpace {
  const { store, cache, limits } = config
  // What goes into a bucket is gathered in the data folder first.
  const storePath = store.type === 'local' ? store.path : config.data
  const path = disk === 'store' ? storePath : cache.path
  return new FreeSpace({
    path,
    minBytes: limits.minFreeBytes,
    changed: (isLow, freeBytes) => {
      const facts = { disk, path, freeBytes, minFreeBytes: limits.minFreeBytes }
      if (isLow) log.warn(facts, 'disk is low')
      else log.info(facts, 'disk has room again')
    },
  })
}
