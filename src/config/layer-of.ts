import type { Layer } from './layer.ts'

/**
 * The layer that decides about the setting at a path: the last one that sets it or a group around it. Undefined
 * when there is none, so that the setting is a default.
 */
export function layerOf(layers: readonly Layer[], path: readonly PropertyKey[]): Layer | undefined {
  return layers.findLast((layer) => layer.path.every((level, depth) => level === path[depth]))
}
