import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAIN } from '../test/helpers/main-path.ts'
import { writeSparsePdb } from '../test/helpers/make-pdb.ts'
import { runWrk, type Measurement, type PathLoad } from './run-wrk.ts'
import { NGINX_VARIANTS, startNginx, type Peer } from './start-nginx.ts'
import { startSymgate } from './start-symgate.ts'

const KIB = 1024
const MIB = 1 << 20

/** Small files are more than the memory cache holds, so that hits come from the disk cache of the system too. */
const SIZES = [
  { label: '16 KiB', size: 16 * KIB, files: 8000, connections: 16, aim: 0.25 },
  { label: '64 KiB', size: 64 * KIB, files: 2000, connections: 16, aim: 0.25 },
  { label: '1 MiB', size: MIB, files: 400, connections: 16, aim: undefined },
  { label: '64 MiB', size: 64 * MIB, files: 8, connections: 8, aim: 0.7 },
  { label: '512 MiB', size: 512 * MIB, files: 2, connections: 4, aim: 0.7 },
] as const
const SECONDS = 4

/** Downloads: symgate against nginx, one worker each, nginx in the better of two configurations, in the same run. */
export async function benchDownloads(): Promise<void> {
  for (const [tool, argument] of [
    ['nginx', '-v'],
    ['wrk', '-v'],
  ] as const) {
    if (spawnSync(tool, [argument]).error !== undefined)
      throw new Error(`this benchmark needs ${tool}: apt-get install ${tool}`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'symgate-bench-'))
  try {
    const data = join(folder, 'data')
    const paths = await makeTree(join(data, 'symbols'))
    await run(['reindex', '--data', data])
    const symgate = await startSymgate(data)
    const peers = await Promise.all(
      (Object.keys(NGINX_VARIANTS) as (keyof typeof NGINX_VARIANTS)[]).map((variant) =>
        startNginx(join(data, 'symbols'), variant, folder),
      ),
    )
    console.log('downloads         symgate          nginx           throughput  CPU     aim')
    for (const { label, connections, aim } of SIZES) {
      const load = {
        paths: paths.get(label) ?? [],
        absent: false,
        connections,
        seconds: SECONDS,
        folder,
      }
      await report(label, symgate, peers, load, aim)
    }
    await report(
      'absent paths',
      symgate,
      peers,
      { paths: [], absent: true, connections: 16, seconds: SECONDS, folder },
      0.25,
    )
    await Promise.all([symgate, ...peers].map((peer) => peer.stop()))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function report(
  label: string,
  symgate: Peer,
  peers: readonly Peer[],
  load: PathLoad,
  aim: number | undefined,
): Promise<void> {
  const value = ({ bytesPerSecond, requestsPerSecond }: Measurement): number =>
    load.absent ? requestsPerSecond : bytesPerSecond
  await runWrk(symgate, { ...load, seconds: 1 })
  const ours = await runWrk(symgate, load)
  const theirs: Measurement[] = []
  for (const peer of peers) theirs.push(await runWrk(peer, load))
  const best = theirs.reduce((a, b) => (value(b) > value(a) ? b : a))
  const cheapest = Math.min(...theirs.map(({ cpuPerUnit }) => cpuPerUnit))
  const show = (measured: Measurement): string =>
    (load.absent
      ? `${Math.round(value(measured))} req/s`
      : `${Math.round(value(measured) / MIB)} MiB/s`
    ).padStart(13)
  console.log(
    [
      label.padEnd(14),
      show(ours),
      show(best),
      (value(ours) / value(best)).toFixed(2).padStart(12),
      `${(ours.cpuPerUnit / cheapest).toFixed(2)} ×`.padStart(10),
      (aim === undefined ? '' : `≥ ${aim}`).padStart(8),
    ].join('  '),
  )
}

/** Makes the files in SymStore's tree, which both servers serve; gives the paths by size. */
async function makeTree(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const paths = new Map<string, string[]>()
  let number = 0
  for (const { label, size, files } of SIZES) {
    const made: string[] = []
    for (let index = 0; index < files; index++) {
      const guid = `${(number++).toString(16).toUpperCase().padStart(8, '0')}390A44FC878E5A2D63B6CC4B`
      const name = `f${number}.pdb`
      mkdirSync(join(root, name, `${guid}1`), { recursive: true })
      await writeSparsePdb(join(root, name, `${guid}1`, name), { guid, age: 1, size, fill: true })
      made.push(`/${name}/${guid}1/${name}`)
    }
    paths.set(label, made)
  }
  return paths
}

async function run(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'inherit' })
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`symgate ${args.join(' ')} ended with ${String(code)}`)
}
