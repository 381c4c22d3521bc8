import { runTool } from './run-tool.ts'

/** The GNU build-id that a tool prints: `readelf -n` or `llvm-readobj --notes`; undefined when it sees none. */
export function printedBuildId(tool: string, path: string): string | undefined {
  const option = tool.includes('readobj') ? '--notes' : '-n'
  return /Build ID: ([\da-f]+)/.exec(runTool(tool, [option, path]))?.[1]
}
