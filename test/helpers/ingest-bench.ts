import { Readable } from 'node:stream'
import { CabinetThreads } from '../../src/cabinet/cabinet-threads.ts'
import { BlobTable } from '../../src/db/blob-table.ts'
import { HostedNameTable } from '../../src/db/hosted-name-table.ts'
import { MarkTable } from '../../src/db/mark-table.ts'
import { MissTable } from '../../src/db/miss-table.ts'
import { MissingTable } from '../../src/db/missing-table.ts'
import { PackageHistory } from '../../src/db/package-history.ts'
import { PackageHoldings } from '../../src/db/package-holdings.ts'
import type { PackageRecord } from '../../src/db/package-record.ts'
import { PackageTable } from '../../src/db/package-table.ts'
import { ReindexProgress } from '../../src/db/reindex-progress.ts'
import { UseTable } from '../../src/db/use-table.ts'
import { DEFAULT_DETAILS } from '../../src/ingest/default-details.ts'
import { Ingest, type IngestResult } from '../../src/ingest/ingest.ts'
import { PackageEditor } from '../../src/ingest/package-editor.ts'
import { PackageIndexer } from '../../src/ingest/package-indexer.ts'
import { PackageRecorder } from '../../src/ingest/package-recorder.ts'
import { Publisher } from '../../src/ingest/publisher.ts'
import { recover } from '../../src/ingest/recover.ts'
import { Reindexer } from '../../src/ingest/reindexer.ts'
import { Unpublisher } from '../../src/ingest/unpublisher.ts'
import type { UploadDetails, Uploader } from '../../src/ingest/upload.ts'
import { FreeSpace } from '../../src/lib/free-space.ts'
import { Semaphore } from '../../src/lib/semaphore.ts'
import { MissingList } from '../../src/lookup/missing-list.ts'
import { MissMemory } from '../../src/lookup/miss-memory.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { LocalStore } from '../../src/storage/local-store.ts'
import { PackageJournal } from '../../src/storage/package-journal.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { Metrics } from '../../src/telemetry/metrics.ts'
import { noTools } from './no-tools.ts'
import { generousLimits } from './generous-limits.ts'
import { listFiles } from './list-files.ts'
import { makeZip } from './make-zip.ts'
import { tempDir } from './temp-dir.ts'
import { testDatabase } from './test-database.ts'

/** Everything of ingest over real stores and a real database; `again` is a new process on the same folder. */
export async function ingestBench(
  root = tempDir(),
  cacheRoot = tempDir(),
  other?: { readonly store: BlobStore; readonly journal: PackageJournal },
) {
  const log = createLogger('silent')
  const store = other?.store ?? (await LocalStore.open(root))
  const cache = await LocalStore.open(cacheRoot)
  const journal = other?.journal ?? (await PackageJournal.open(root))
  const database = testDatabase()
  const blobs = new BlobTable(database)
  const packages = new PackageTable(database)
  const hostedNames = new HostedNameTable(database)
  const table = new MissTable(database)
  const misses = new MissMemory({ table, forgetAfterMs: Infinity, maxEntries: 1000 })
  const indexer = new PackageIndexer({ blobs, packages, hostedNames, misses: [misses] })
  const holdings = new PackageHoldings(database)
  const commit = new Semaphore(1)
  const marks = new MarkTable(database)
  const deleting = { store, journal, blobs, packages, holdings, marks, commit, log }
  const unpublisher = new Unpublisher(deleting)
  const publisher = new Publisher({ ...deleting, indexer, unpublisher })
  const editor = new PackageEditor({ journal, packages, commit })
  const reindexer = new Reindexer({
    hosted: store,
    cache,
    journal,
    blobs,
    uses: new UseTable(database),
    marks,
    progress: new ReindexProgress(database),
    packages,
    indexer,
    unpublisher,
    commit,
    log,
  })
  const missing = new MissingList({
    table: new MissingTable(database),
    maxEntries: 1000,
    forgetAfterMs: Infinity,
  })
  const finished: PackageRecord[] = []
  const recorder = new PackageRecorder({
    packages,
    missing,
    finished: (record) => void finished.push(record),
    log,
  })
  const ingest = new Ingest({
    cache,
    recorder,
    store,
    blobs,
    holdings,
    publisher,
    commit,
    unpublisher,
    permits: new Semaphore(4),
    limits: generousLimits,
    space: new FreeSpace({ path: root, minBytes: 0 }),
    cabinets: new CabinetThreads(),
    tools: noTools,
    onConflict: 'keep',
    onConflictPe: 'keep',
    count: () => {},
    metrics: new Metrics(() => []),
    log,
  })
  const recovering = { store, journal, packages, publisher, unpublisher, indexer, log }
  return {
    root,
    cacheRoot,
    store,
    cache,
    journal,
    database,
    blobs,
    holdings,
    packages,
    history: new PackageHistory(database),
    /** Records of the packages that have got their verdict. */
    finished,
    hostedNames,
    misses,
    publisher,
    commit,
    unpublisher,
    editor,
    marks,
    indexer,
    reindexer,
    ingest,
    recover: () => recover({ ...recovering, reindexFollows: false }),
    /** Uploads a zip of these files. */
    upload: (
      files: Readonly<Record<string, Buffer>>,
      details: Partial<UploadDetails> = {},
      uploader?: Uploader,
    ): Promise<IngestResult> => {
      const zip = makeZip(Object.entries(files).map(([name, data]) => ({ name, data })))
      const part = { body: Readable.from([zip]), fileName: undefined }
      const parts = Readable.from([part]) as AsyncIterable<typeof part>
      return ingest.receive(
        { requestId: 'r1', parts, uploader, details: () => ({ ...DEFAULT_DETAILS, ...details }) },
        () => {},
      )
    },
    /** Symbols in the tree. */
    files: () => listFiles(root).filter((path) => !path.startsWith('.symgate')),
    /** symgate's own files: manifests, and what is staged. */
    internal: () => listFiles(`${root}/.symgate`),
  }
}
