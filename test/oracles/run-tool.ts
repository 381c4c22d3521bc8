import { execFileSync } from 'node:child_process'

/** What a tool prints, in a folder; throws with what it prints on stderr when it fails. */
export function runTool(tool: string, args: readonly string[], cwd?: string): string {
  return execFileSync(tool, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
