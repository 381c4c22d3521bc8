import type { S3Client } from '@aws-sdk/client-s3'

/**
 * The hashes of bodies that are about to be sent. The signature covers them, and every S3 service checks
 * what it has received against them; the SDK would compute them anew, all of a body at once.
 */
export class SignedBodies {
  readonly #hashes = new WeakMap<object, string>()

  constructor({ middlewareStack }: S3Client) {
    middlewareStack.add(
      (next) => (args) => {
        const body = 'Body' in args.input ? args.input.Body : undefined
        const sha256 = body instanceof Uint8Array ? this.#hashes.get(body) : undefined
        const { headers } = args.request as { headers: Record<string, string> }
        if (sha256 !== undefined) headers['x-amz-content-sha256'] = sha256
        return next(args)
      },
      { step: 'build', name: 'signedBodies' },
    )
  }

  /** Tells the hash, in hex, of a body that is sent next, and does not change meanwhile. */
  set(body: Uint8Array, sha256: string): void {
    this.#hashes.set(body, sha256)
  }
}
