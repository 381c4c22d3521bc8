/** Where long work tells how far it is. */
export interface Progress {
  /** A new stage begins, of `total` steps: files, or bytes where `unit` says so. */
  begin(stage: string, total: number, unit: 'files' | 'bytes'): void
  /** So much more of the stage is done; less than nothing where work was in vain. */
  advance(steps: number): void
  /** Something worth a line of its own. */
  note(line: string): void
  /** The work is over. */
  end(): void
}
