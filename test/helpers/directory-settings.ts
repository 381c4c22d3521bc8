import type { DirectorySettings } from '../../src/upstream/upstream-settings.ts'

/** Settings of an upstream called `first` that is a folder, except as said. */
export function directorySettings(
  path: string,
  more: Partial<DirectorySettings> = {},
): DirectorySettings {
  return {
    name: 'first',
    type: 'directory',
    path,
    pointerRoots: [],
    public: false,
    enabled: true,
    layout: 'symstore',
    casing: ['default'],
    misses: { retryAfterMs: 0 },
    concurrency: 8,
    attempts: 1,
    ...more,
  }
}
