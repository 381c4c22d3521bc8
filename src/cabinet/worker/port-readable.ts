import { Readable } from 'node:stream'
import type { MessagePort } from 'node:worker_threads'
import { fromFailure } from './failure.ts'
import type { PortMessage } from './port-message.ts'

/** Asked for ahead of the reader: enough that neither thread waits for the other. */
const HIGH_WATER_MARK = 1 << 19

/** The stream that a `portWritable` at the other end of the port is written to; it fails as that one does. */
export function portReadable(port: MessagePort): Readable {
  const readable = new Readable({
    highWaterMark: HIGH_WATER_MARK,
    read() {
      port.postMessage('more')
    },
    destroy(error, done) {
      port.close()
      done(error)
    },
  })
  port.on('message', (message: PortMessage) => {
    switch (message.kind) {
      case 'chunk':
        readable.push(message.bytes)
        break
      case 'end':
        readable.push(null)
        break
      case 'failed':
        readable.destroy(fromFailure(message.failure))
        break
    }
  })
  return readable
}
