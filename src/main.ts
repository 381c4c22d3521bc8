#!/usr/bin/env node
const NEEDED = [22, 19] as const

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  // Before anything native is loaded: on an older Node that ends in a crash without a word.
  process.stderr.write(
    `symgate needs Node ${NEEDED.join('.')} or newer, this is ${process.version}: start it with npm start\n`,
  )
  process.exit(2)
}

// Slow disks must not make fast ones wait: libuv's four threads are few for a file server.
process.env['UV_THREADPOOL_SIZE'] ??= '16'

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, as head does, is no trouble.
    if (error.code === 'EPIPE' || process.exitCode === 1) return
    process.exitCode = 1
    if (stream === process.stdout)
      process.stderr.write(`symgate: cannot write the output: ${error.message}\n`)
  })
}

const { runCommand } = await import('./run-command.ts')
const code = await runCommand(process.argv.slice(2))
process.exitCode ||= code
