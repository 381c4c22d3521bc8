import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tempDir } from '../temp-dir.ts'

/** A server's certificate and key, and the authority that has signed it; files in PEM. */
export interface Certificates {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** Makes an authority of its own and, by it, a certificate for these names (`DNS:…`, `IP:…`). */
export function makeCertificates(...names: readonly string[]): Certificates {
  const dir = tempDir()
  const at = (name: string): string => join(dir, name)
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test CA')
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server')
  writeFileSync(at('extensions'), `subjectAltName=${names.join(',')}\n`)
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    ...signer,
    '-extfile',
    'extensions',
    '-out',
    'server.pem',
  )
  return { ca: at('ca.pem'), cert: at('server.pem'), key: at('server.key') }
}
