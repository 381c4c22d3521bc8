import { pipeline } from 'node:stream/promises'
import { parentPort } from 'node:worker_threads'
import { CabinetReader } from '../cabinet-reader.ts'
import { toFailure } from './failure.ts'
import { portReadable } from './port-readable.ts'
import { portWritable } from './port-writable.ts'
import type { FromWorker, ToWorker } from './worker-messages.ts'

// The thread in which `Cabinet` decompresses, one cabinet after the other.
let reader: CabinetReader | undefined

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'open':
      try {
        reader = await CabinetReader.open(portReadable(message.port))
        answer({ kind: 'opened', files: reader.files })
      } catch (error) {
        answer({ kind: 'failed', failure: toFailure(error) })
      }
      break
    case 'extract':
      if (reader === undefined) throw new Error('extract came before open')
      // Its failure reaches the reader of the port.
      await pipeline(reader.extract(message.file), portWritable(message.port)).catch(
        () => undefined,
      )
      break
    case 'close': {
      const closing = reader
      reader = undefined
      await closing?.[Symbol.asyncDispose]()
      break
    }
  }
}

function answer(message: FromWorker): void {
  parentPort?.postMessage(message, [])
}

parentPort?.on('message', (message: ToWorker) => void handle(message))
