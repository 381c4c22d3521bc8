import { readdirSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { makePdb } from '../helpers/make-pdb.ts'
import { createToken, startServer, waitUntil, type RunningServer } from '../helpers/server.ts'

const GUID = '497B72F6390A44FC878E5A2D63B6CC4B'
const MIB = 1 << 20
const LARGE_BYTES = 48 * MIB

const IDLE = 3000
const TRICKLERS = 1700
const SLOW_READERS = 200
const SLOW_WRITERS = 100
const VANISHING = 300
const ABORTED_RANGES = 3000
const AT_ONCE = 100

/** What docs/on-call.md calls ample for any load. */
const MAX_MEMORY = 512 * MIB

const path = (age: number): string => `/app.pdb/${GUID}${age}/app.pdb`

function openFiles({ process: { pid } }: RunningServer): number {
  return readdirSync(`/proc/${pid}/fd`).length
}

/** A connection that says this and does no more; it may be cut off. */
async function saying(server: RunningServer, text: string, isRead = false): Promise<Socket> {
  const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1' })
  socket.on('error', () => {})
  if (isRead) socket.resume()
  await new Promise<void>((resolve) => {
    socket.once('connect', () => socket.write(text, () => resolve()))
    socket.once('close', () => resolve())
  })
  return socket
}

/** Does something many times, some of it at once. */
async function many<T>(count: number, work: (number: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let done = 0; done < count; done += AT_ONCE) {
    const size = Math.min(AT_ONCE, count - done)
    results.push(...(await Promise.all(Array.from({ length: size }, (_, i) => work(done + i)))))
  }
  return results
}

it('5,000 connections of the worst kinds take bounded memory, others are served, and nothing stays open', async () => {
  const server = await startServer({
    config: { log: { level: 'warn' }, limits: { concurrent_uploads: 4 } },
    through: ['sh', '-c', 'ulimit -n 16384; exec "$@"', 'sh'],
  })
  const token = await createToken(server, 'upload')
  for (const [age, size] of [
    [1, 10_000],
    [2, LARGE_BYTES],
  ] as const) {
    const url = `${server.url}/${token}/symbols?upload_file=app.pdb`
    const { status } = await fetch(url, {
      method: 'POST',
      body: makePdb({ guid: GUID, age, size }),
    })
    expect(status).toBe(200)
  }
  const isServed = async (): Promise<boolean> => (await fetch(server.url + path(1))).status === 200
  expect(await isServed()).toBe(true)
  const before = openFiles(server)

  const head = `GET ${path(2)} HTTP/1.1\r\nHost: a\r\n`
  const sockets = [
    ...(await many(IDLE, () => saying(server, ''))),
    ...(await many(TRICKLERS, () => saying(server, `${head}X-Slow: `))),
    ...(await many(SLOW_READERS, () => saying(server, `${head}\r\n`))),
    ...(await many(SLOW_WRITERS, () =>
      saying(
        server,
        `POST /${token}/symbols HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nMicrosoft`,
      ),
    )),
  ]
  expect(await isServed()).toBe(true)
  await many(VANISHING, async () => {
    const socket = await saying(server, `${head}\r\n`, true)
    await sleep(5)
    socket.destroy()
  })
  await many(ABORTED_RANGES, async (number) => {
    const socket = await saying(server, `${head}Range: bytes=${number}-\r\n\r\n`)
    socket.resetAndDestroy()
  })
  expect(await isServed()).toBe(true)
  expect(server.peakMemory()).toBeLessThan(MAX_MEMORY)
  for (const socket of sockets) socket.destroy()
  await waitUntil(() => openFiles(server) <= before + 4, 60_000)
  expect(await isServed()).toBe(true)
  console.log(
    `peak memory ${Math.round(server.peakMemory() / MIB)} MiB; ${before} open files before, ${openFiles(server)} after`,
  )
})
