import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type { Config } from '../config/config.ts'
import { openS3HostedStore } from './s3-hosted-store.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { LocalStore } from '../storage/local-store.ts'
import { PackageJournal } from '../storage/package-journal.ts'
import type { Logger } from '../telemetry/logger.ts'

/** The store of hosted files and its journal, as the configuration has them. */
export interface HostedStore {
  readonly store: BlobStore
  readonly journal: PackageJournal
  /** Whether another symgate writes the store: this one must not, and follows its journal. */
  readonly isReadOnly: boolean
  /** Rejects with what is wrong when the store cannot be used now. */
  check(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the store. Fails with `store_unusable` when it cannot be used, and with `folder_in_use` when another
 * symgate owns it.
 */
export async function openHostedStore(config: Config, log: Logger): Promise<HostedStore> {
  const { store } = config
  if (store.type === 's3') return await openS3HostedStore(config.data, store, log)
  return {
    store: await LocalStore.open(store.path),
    journal: await PackageJournal.open(store.path),
    isReadOnly: false,
    check: () => access(store.path, constants.W_OK),
    close: async () => {
      // The folder's lock is all there is to give back.
    },
  }
}
