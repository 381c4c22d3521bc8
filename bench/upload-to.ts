import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { MAIN } from '../test/helpers/main-path.ts'
import { startSymgate } from './start-symgate.ts'

const run = promisify(execFile)

/** Uploads files at once to an empty store in the folder `data`, by curl, as builds do; `data` is gone afterwards. */
export async function uploadTo(
  data: string,
  files: readonly string[],
): Promise<{ seconds: number; peakMib: number }> {
  mkdirSync(data)
  const symgate = await startSymgate(data, [`limits: { concurrent_uploads: ${files.length} }`])
  try {
    const create = ['token', 'create', '--scope', 'upload', '--data', data]
    const token = execFileSync(process.execPath, [MAIN, ...create], { encoding: 'utf8' })
    const authorization = `Authorization: Bearer ${token.trim().split('\n').at(-1)}`
    const url = `${symgate.url}/api/v1/uploads?upload_file=big.pdb`
    const start = performance.now()
    await Promise.all(
      files.map((file) =>
        run('curl', ['-sS', '--fail', '-o', '/dev/null', '-H', authorization, '-T', file, url]),
      ),
    )
    const seconds = (performance.now() - start) / 1000
    const status = readFileSync(`/proc/${symgate.pid}/status`, 'utf8')
    const peakMib = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024
    return { seconds, peakMib }
  } finally {
    await symgate.stop()
    rmSync(data, { recursive: true })
  }
}
