import { configError } from './config-error.ts'
import type { Layer } from './layer.ts'

/**
 * Lays the layers over one another, later ones over earlier, and returns the tree of settings; an empty group
 * without layers. A value that is no group stays where a later layer would set a key inside it, so that the
 * schema finds it. Throws `config_invalid` where a layer would leave a hole in a list.
 */
export function mergeLayers(layers: readonly Layer[]): unknown {
  let tree: unknown = {}
  for (const layer of layers) tree = place(tree, layer.path, layer)
  return tree
}

function place(tree: unknown, path: Layer['path'], layer: Layer): unknown {
  const [head, ...rest] = path
  if (head === undefined) return layer.value
  if (typeof head === 'number') {
    if (tree !== undefined && !Array.isArray(tree)) return tree
    const list: readonly unknown[] = tree ?? []
    if (head > list.length) {
      throw configError(
        `entry ${head} ${layer.source} leaves a hole: the list has ${list.length} entries, so the next is ${list.length}`,
      )
    }
    return [...list.slice(0, head), place(list[head], rest, layer), ...list.slice(head + 1)]
  }
  if (tree !== undefined && (typeof tree !== 'object' || tree === null || Array.isArray(tree))) {
    return tree
  }
  const group: Readonly<Record<string, unknown>> = { ...tree }
  return { ...group, [head]: place(group[head], rest, layer) }
}
