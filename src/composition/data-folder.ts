import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { expectHostedFiles } from './expect-hosted-files.ts'
import { openHostedStore } from './hosted-store.ts'
import { openTables } from './open-tables.ts'
import { lockFolder } from '../db/folder-lock.ts'
import { openSoundDatabase } from '../db/open-sound-database.ts'
import { PackageEditor } from '../ingest/package-editor.ts'
import { PackageIndexer } from '../ingest/package-indexer.ts'
import { Publisher } from '../ingest/publisher.ts'
import { recover } from '../ingest/recover.ts'
import { Reindexer } from '../ingest/reindexer.ts'
import { StoreFollower } from '../ingest/store-follower.ts'
import { Unpublisher } from '../ingest/unpublisher.ts'
import { AppError } from '../lib/app-error.ts'
import { makeFolder } from '../lib/make-folder.ts'
import { Semaphore } from '../lib/semaphore.ts'
import { LocalStore } from '../storage/local-store.ts'
import { INTERNAL_FOLDER } from '../storage/internal-folder.ts'
import type { Logger } from '../telemetry/logger.ts'

/** A data folder that this process owns, put right after whatever stopped its last owner. */
export type DataFolder = Awaited<ReturnType<typeof openBehindLock>>

/** How a data folder is opened. */
interface Opening {
  /** Whether the index is about to be made anew, so that the store need not be the one that it knows. */
  readonly isStoreNew?: boolean
}

/**
 * Takes the data folder and opens what lies in it. Fails with `folder_in_use` when another process has
 * it and with `store_unusable` when something in it cannot be used, or the store is not the one that the index knows.
 */
export async function openDataFolder(
  config: Config,
  log: Logger,
  opening: Opening = {},
): Promise<DataFolder> {
  await makeFolder(config.data).catch((cause: unknown) => {
    throw new AppError(
      'store_unusable',
      `cannot make the data folder ${config.data}: ${String(cause)}`,
      { cause },
    )
  })
  const lock = lockFolder(join(config.data, 'lock.db'), (err) =>
    log.error({ err }, 'damaged lock file emptied'),
  )
  const opened: Opened = [() => lock.release()]
  try {
    return await openBehindLock(config, log, opening, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** What gives back what was opened. */
type Opened = (() => void | Promise<void>)[]

/** Gives back all that was opened, the last first. */
async function closeAll(opened: Opened): Promise<void> {
  for (const close of opened.toReversed()) await close()
}

async function openBehindLock(
  config: Config,
  log: Logger,
  { isStoreNew = false }: Opening,
  opened: Opened,
) {
  const database = openSoundDatabase(join(config.data, 'symgate.db'), (aside, err) =>
    log.error({ err, aside }, 'damaged database set aside; a new one is made'),
  )
  opened.push(() => void database.close())
  const tables = openTables(config, database)
  const { blobs, uses, packages, holdings, misses, skips, upstreamHistory, counters, marks } =
    tables
  if (!isStoreNew) await expectHostedFiles(config, blobs)
  const hostedStore = await openHostedStore(config, log)
  opened.push(() => hostedStore.close())
  const { store: hosted, journal } = hostedStore
  const cache = await LocalStore.open(config.cache.path)
  const derived = await LocalStore.open(join(config.cache.path, INTERNAL_FOLDER, 'derived'))
  const commit = new Semaphore(1)
  const indexer = new PackageIndexer({
    blobs,
    packages,
    hostedNames: tables.hostedNames,
    misses: [misses, skips],
  })
  const unpublisher = new Unpublisher({
    store: hosted,
    journal,
    blobs,
    packages,
    holdings,
    marks,
    commit,
    log,
  })
  const publisher = new Publisher({
    store: hosted,
    journal,
    blobs,
    holdings,
    indexer,
    unpublisher,
    log,
  })
  const packageEditor = new PackageEditor({ journal, packages, commit })
  const reindexer = new Reindexer({
    hosted,
    cache,
    journal,
    blobs,
    uses,
    marks,
    progress: tables.reindexProgress,
    packages,
    indexer,
    unpublisher,
    commit,
    log,
  })

  const follower = new StoreFollower({
    store: hosted,
    journal,
    blobs,
    packages,
    followed: tables.followed,
    indexer,
    isRebuilding: () => reindexer.isRunning,
    log,
  })

  for (const store of [cache, derived]) {
    for (const folder of await store.leftovers()) await folder.discard()
  }
  if (marks.has('in-use')) marks.set('cache-unknown')
  marks.set('in-use')
  const reindexNeeded = await reindexer.isNeeded()
  if (!hostedStore.isReadOnly)
    await recover({
      store: hosted,
      journal,
      packages,
      publisher,
      unpublisher,
      indexer,
      reindexFollows: reindexNeeded,
      log,
    })

  return {
    ...tables,
    database,
    hosted,
    hostedStore,
    cache,
    /** Holds what is made of stored files, which can be made again. */
    derived,
    commit,
    publisher,
    unpublisher,
    packageEditor,
    reindexer,
    /** For a store that another symgate writes. */
    follower,
    /** The index is empty although the store is not: whoever serves from it has to rebuild it first. */
    reindexNeeded,
    async close(): Promise<void> {
      // What is being published or deleted ends; nothing begins any more.
      await new Promise<void>((resolve) => {
        void commit.run(() => {
          resolve()
          return new Promise(() => {})
        })
      })
      misses.flush()
      upstreamHistory.flush()
      await uses.flush()
      try {
        counters.flush()
        marks.clear('in-use')
      } catch (err) {
        log.error({ err }, 'the last totals could not be written')
      }
      await closeAll(opened)
    },
  }
}
