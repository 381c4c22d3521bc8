import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { configError } from './config-error.ts'
import type { Layer } from './layer.ts'
import { parseYaml } from './parse-yaml.ts'

const DEFAULT_FILE = 'symgate.yaml'

/**
 * Reads the configuration file: the one that `--config` names, which must exist, or else `symgate.yaml` in
 * the working folder. Undefined when that one is absent. Throws `config_invalid`.
 */
export function readConfigFile(flag: string | undefined, cwd: string): Layer | undefined {
  const name = flag ?? DEFAULT_FILE
  const file = resolve(cwd, name)
  const source = `in ${name}`
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    if (code === 'ENOENT' && flag === undefined) return undefined
    const setting = flag === undefined ? '' : '--config '
    const trouble = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw configError(`${setting}${name} ${trouble}; allowed: a YAML file`, { cause })
  }
  return { path: [], value: parseYaml(text, source) ?? {}, source, folder: dirname(file) }
}
