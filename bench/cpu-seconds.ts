import { readFileSync } from 'node:fs'

/** Clock ticks a second in /proc, which Linux fixes at 100. */
const TICKS = 100

/** CPU time that a process has used, user and system, in seconds. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}
