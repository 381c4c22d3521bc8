import type { PackageFile } from '../../storage/package-manifest.ts'

/** Rows of an import's result; more than that nobody reads, and they are held in memory. */
const MAX_ROWS = 10_000

/** A file that has not come in as it was, and why. */
interface ImportRow {
  readonly path: string
  readonly status: 'left out' | 'conflict' | 'rejected' | 'noted'
  readonly reason: string
}

/** What an import has come to. */
export interface ImportResult {
  readonly packages: number
  readonly stored: number
  readonly duplicates: number
  readonly conflicts: number
  readonly rejected: number
  readonly leftOut: number
  /** Imported by an earlier run. */
  readonly before: number
  /** Of the stored files. */
  readonly bytes: number
  /** The first of those that somebody may want to look at. */
  readonly rows: readonly ImportRow[]
}

/** Counts what becomes of the files of an import. */
export class ImportTally {
  readonly #counts = {
    packages: 0,
    stored: 0,
    duplicates: 0,
    conflicts: 0,
    rejected: 0,
    leftOut: 0,
    before: 0,
    bytes: 0,
  }
  readonly #rows: ImportRow[] = []

  get result(): ImportResult {
    return { ...this.#counts, rows: this.#rows }
  }

  /** A file that an earlier run has imported. */
  done(): void {
    this.#counts.before++
  }

  left(path: string, reason: string): void {
    this.#counts.leftOut++
    this.#note({ path, status: 'left out', reason })
  }

  /** The files of a package. */
  add(files: readonly PackageFile[]): void {
    this.#counts.packages++
    for (const { path, status, reason, blob } of files) {
      switch (status) {
        case 'stored':
          this.#counts.stored++
          this.#counts.bytes += blob?.size ?? 0
          break
        case 'duplicate':
          this.#counts.duplicates++
          break
        case 'conflict':
          this.#counts.conflicts++
          break
        case 'rejected':
          this.#counts.rejected++
          break
        case 'skipped':
          this.#counts.leftOut++
      }
      if (reason === undefined) continue
      const told = status === 'skipped' ? 'left out' : status
      this.#note({
        path,
        status: told === 'stored' || told === 'duplicate' ? 'noted' : told,
        reason,
      })
    }
  }

  #note(row: ImportRow): void {
    if (this.#rows.length < MAX_ROWS) this.#rows.push(row)
  }
}
