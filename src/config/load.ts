import { buildConfig } from './build-config.ts'
import { configError } from './config-error.ts'
import type { Config } from './config.ts'
import { describeIssue } from './describe-issue.ts'
import { knownKeys } from './known-keys.ts'
import { layerOf } from './layer-of.ts'
import type { Layer } from './layer.ts'
import { mergeLayers } from './merge-layers.ts'
import { readLayers } from './read-layers.ts'
import { schema } from './schema.ts'
import type { Sources } from './sources.ts'
import { valueAt } from '../lib/value-at.ts'

/**
 * Loads the configuration: flags over `SYMGATE_` variables over the file (`--config`, or `symgate.yaml` in the
 * working folder where there is one) over defaults. Throws `config_invalid`, with one line that names the
 * first wrong key, its source, what was found and what is allowed.
 */
export function loadConfig(sources: Sources): Config {
  const { cwd } = sources
  const keys = knownKeys(schema)
  const layers = readLayers(sources, keys)
  const tree = mergeLayers(layers)
  const result = schema.safeParse(tree)
  if (result.success) {
    return buildConfig(result.data, (path) => folderOf(layers, path) ?? cwd)
  }
  // A mistyped key often makes another one missing: it is the cause and comes first.
  const { issues } = result.error
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  if (issue === undefined) throw configError('the configuration is wrong', { cause: result.error })
  throw configError(
    describeIssue(issue, { tree, keys, sourceOf: (path) => sourceOf(layers, path) }),
    { cause: result.error },
  )
}

/** The folder of the layer that sets a path; undefined for a default. */
function folderOf(layers: readonly Layer[], path: readonly PropertyKey[]): string | undefined {
  const layer = layerOf(layers, path)
  return layer !== undefined && holds(layer, path) ? layer.folder : undefined
}

/** For messages: where a setting comes from, or the group that it is missing in; empty when nobody set either. */
function sourceOf(layers: readonly Layer[], path: readonly PropertyKey[]): string {
  const layer = layerOf(layers, path)
  return layer !== undefined && holds(layer, path.slice(0, -1)) ? ` ${layer.source}` : ''
}

/** Whether the layer itself has something at the path, or a path around the layer's own. */
function holds(layer: Layer, path: readonly PropertyKey[]): boolean {
  return (
    path.length < layer.path.length ||
    valueAt(layer.value, path.slice(layer.path.length)) !== undefined
  )
}
