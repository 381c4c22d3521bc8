const CONTAINERS = new Set(['zip', 'tar', 'cab', 'gz', '7z', 'nupkg', 'snupkg'])

/** Whether a kind of the corpus manifest is an archive or cabinet, which holds symbol files and is none. */
export function isContainer(kind: string | null): boolean {
  return CONTAINERS.has(String(kind))
}
