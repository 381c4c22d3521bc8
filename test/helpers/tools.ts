import { probeArchiveTools } from '../../src/archives/tools/probe-archive-tools.ts'
import type { ArchiveTools } from '../../src/archives/tools/archive-tools.ts'

/** The optional programs of this machine; what is missing is said on stderr, for its tests do not run. */
export async function openTools(): Promise<ArchiveTools> {
  const tools = await probeArchiveTools()
  for (const [name, state] of Object.entries(tools)) {
    if (!state.available)
      process.stderr.write(`SKIPPED: tests that need ${name}: ${state.missing}\n`)
  }
  return tools
}
