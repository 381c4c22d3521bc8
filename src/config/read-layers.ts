import { environmentLayers } from './environment-layers.ts'
import type { knownKeys } from './known-keys.ts'
import type { Layer } from './layer.ts'
import { readConfigFile } from './read-config-file.ts'
import type { Sources } from './sources.ts'

/** What each source sets, the weakest first: the file, `SYMGATE_` variables, flags. Throws `config_invalid`. */
export function readLayers(
  { flags, env, cwd }: Sources,
  keys: ReturnType<typeof knownKeys>,
): readonly Layer[] {
  const file = readConfigFile(flags.config, cwd)
  const set = (['listen', 'data'] as const).filter((flag) => flags[flag] !== undefined)
  return [
    ...(file === undefined ? [] : [file]),
    ...environmentLayers(env, keys, cwd),
    ...set.map((flag) => ({
      path: [flag],
      value: flags[flag],
      source: `from --${flag}`,
      folder: cwd,
    })),
  ]
}
