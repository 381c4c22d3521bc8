/** Which of the two files with one build_id a WebAssembly file name means (SSQP: `main.wasm`, `main.debug.wasm`). */
export function wasmPart(name: string): 'wasm' | 'wasm-debug' {
  return /\.debug\.wasm$/i.test(name) ? 'wasm-debug' : 'wasm'
}
