import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CabinetReader } from '../src/cabinet/cabinet-reader.ts'
import { CabinetThreads } from '../src/cabinet/cabinet-threads.ts'
import { writeCabinet } from '../src/cabinet/write-cabinet.ts'
import { openCorpus } from '../test/helpers/corpus.ts'

const ROUNDS = 9
const READ_BYTES = 1 << 18

/** Throws away what a reader gives and returns its size in bytes. */
async function drain(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0
  for await (const chunk of content) bytes += chunk.byteLength
  return bytes
}

const source = (path: string) => createReadStream(path, { highWaterMark: READ_BYTES })

async function inProcess(path: string): Promise<number> {
  await using reader = await CabinetReader.open(source(path))
  let bytes = 0
  for (const file of reader.files) bytes += await drain(reader.extract(file))
  return bytes
}

const inThread =
  (threads: () => CabinetThreads) =>
  async (path: string): Promise<number> => {
    const { content } = await threads().openFirstFile(source(path))
    return await drain(content)
  }

const kept = new CabinetThreads()

const tool =
  (command: string, ...options: string[]) =>
  (path: string): Promise<number> => {
    execFileSync(command, [...options, path], { stdio: 'ignore' })
    return Promise.resolve(0)
  }

const READERS: readonly [string, (path: string) => Promise<number>][] = [
  ['cabextract', tool('cabextract', '-q', '-p')],
  ['bsdtar', tool('bsdtar', '-xOf')],
  ['symgate, in process', inProcess],
  ['symgate, in a new thread', inThread(() => new CabinetThreads())],
  ['symgate, in a kept thread', inThread(() => kept)],
]

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

async function compare(method: string, path: string): Promise<void> {
  const size = await inProcess(path)
  const seconds = new Map<string, number[]>()
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, read] of READERS) {
      const start = performance.now()
      await read(path)
      seconds.set(name, [...(seconds.get(name) ?? []), (performance.now() - start) / 1000])
    }
  }
  const reference = median(seconds.get('cabextract') ?? [])
  for (const [name, times] of seconds) {
    const time = median(times)
    const speed = (size / 1e6 / time).toFixed(0).padStart(6)
    const ratio = (time / reference).toFixed(2).padStart(6)
    process.stdout.write(
      `${method.padEnd(7)}${name.padEnd(26)}${speed} MB/s${ratio} × cabextract's time\n`,
    )
  }
}

/** Cabinets: the same LZX and MSZIP ones read by symgate, cabextract and bsdtar, taking turns; and one written. */
export async function benchCabinet(): Promise<void> {
  const corpus = openCorpus()
  if (corpus === undefined) return
  const lzx = corpus.path('cab/lzx/app.pd_')
  const folder = mkdtempSync(join(tmpdir(), 'symgate-bench-'))
  try {
    const mszip = join(folder, 'app.pd_')
    const { file, content } = await kept.openFirstFile(source(lzx))
    const start = performance.now()
    await writeCabinet(content, { ...file, modifiedAt: new Date() }, mszip)
    const seconds = (performance.now() - start) / 1000
    process.stdout.write(`content ${(file.size / 1e6).toFixed(1)} MB, median of ${ROUNDS} rounds\n`)
    await compare('LZX', lzx)
    await compare('MSZIP', mszip)
    process.stdout.write(
      `MSZIP  written                   ${(file.size / 1e6 / seconds).toFixed(0).padStart(6)} MB/s\n`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}
