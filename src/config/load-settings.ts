import { describeSettings } from './describe-settings.ts'
import { knownKeys } from './known-keys.ts'
import { readLayers } from './read-layers.ts'
import { schema } from './schema.ts'
import type { Setting } from './setting.ts'
import type { Sources } from './sources.ts'

/** Every setting with its value and where that comes from, of sources that `loadConfig` has taken. */
export function loadSettings(sources: Sources): readonly Setting[] {
  return describeSettings(schema, readLayers(sources, knownKeys(schema)))
}
