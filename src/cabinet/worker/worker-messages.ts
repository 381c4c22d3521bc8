import type { MessagePort } from 'node:worker_threads'
import type { CabinetFile } from '../cabinet-file.ts'
import type { Failure } from './failure.ts'

/** What a worker is told: to open the cabinet that comes through `port`, to send a file's content into one, to forget the cabinet. */
export type ToWorker =
  | { readonly kind: 'open'; readonly port: MessagePort }
  | { readonly kind: 'extract'; readonly file: CabinetFile; readonly port: MessagePort }
  | { readonly kind: 'close' }

/** What it answers to `open`. */
export type FromWorker =
  | { readonly kind: 'opened'; readonly files: readonly CabinetFile[] }
  | { readonly kind: 'failed'; readonly failure: Failure }
