import type { Casing, Layout } from '../symbols/layouts/layout.ts'

/**
 * How one upstream is reached and spoken to, complete and checked: what the configuration gives and what the
 * management API keeps. Plain values alone, so that it survives JSON.
 */
export type UpstreamSettings =
  | HttpSettings
  | S3Settings
  | GcsSettings
  | DirectorySettings
  | DebuginfodSettings

/** What upstreams of every kind have. */
interface CommonSettings {
  /** Unique among all upstreams. */
  readonly name: string
  /** Never asked for names that are or were hosted here. */
  readonly public: boolean
  readonly enabled: boolean
  readonly layout: Layout
  /** Tried one after the other; at least one. */
  readonly casing: readonly Casing[]
  /** How long a «not here» holds; 0: it is asked each time. */
  readonly misses: { readonly retryAfterMs: number }
  /** Requests at once; each lasts until its body has come. */
  readonly concurrency: number
  /** Tries inside one fill, at least one. */
  readonly attempts: number
}

/** How an upstream is reached over the network. */
export interface NetworkSettings {
  readonly timeouts: UpstreamTimeouts
  readonly userAgent: string
  readonly proxy: ProxySettings | undefined
  /** A file of PEM certificates that are believed beside the system's; absolute. */
  readonly caFile: string | undefined
  /** Whether another host than the configured one, to which it redirects, may have a private address. */
  readonly allowPrivateAddresses: boolean
}

/** A symbol server. */
export interface HttpSettings extends CommonSettings, NetworkSettings {
  readonly type: 'http'
  /** Absolute http or https URL without query, fragment, user info and trailing slash. */
  readonly url: string
  readonly credentials: BasicCredentials | BearerCredentials | undefined
}

/** What says where the files of a bucket are. */
interface BucketSettings {
  readonly bucket: string
  /** Before each key, without slashes at its ends; empty where the store fills the bucket. */
  readonly prefix: string
}

/** A store in a bucket of S3, or of a server that speaks its protocol. */
export interface S3Settings extends CommonSettings, NetworkSettings, BucketSettings {
  readonly type: 's3'
  readonly region: string
  /** Undefined for Amazon's own. */
  readonly endpoint: string | undefined
  /** The bucket stands in the path and not in the host name. */
  readonly forcePathStyle: boolean
  /** Undefined for a public bucket. */
  readonly credentials: KeyCredentials | undefined
}

/** A store in a bucket of Google Cloud Storage. */
export interface GcsSettings extends CommonSettings, NetworkSettings, BucketSettings {
  readonly type: 'gcs'
  readonly endpoint: string
  readonly credentials: KeyCredentials | ServiceAccount | undefined
}

/** A debuginfod server: elfutils' own, or one that federates several. */
export interface DebuginfodSettings extends CommonSettings, NetworkSettings {
  readonly type: 'debuginfod'
  /** What `DEBUGINFOD_URLS` would name, as in HttpSettings. */
  readonly url: string
  readonly credentials: HttpSettings['credentials']
}

/** A SymStore in a folder or below a mount. */
export interface DirectorySettings extends CommonSettings {
  readonly type: 'directory'
  /** Absolute. */
  readonly path: string
  /** Where `file.ptr` may point to; empty: pointers are not followed. */
  readonly pointerRoots: readonly PointerRoot[]
}

/** Paths in `file.ptr` that begin with `prefix`, compared without case, lie in `path`, which is absolute. */
export interface PointerRoot {
  readonly prefix: string
  readonly path: string
}

interface BasicCredentials {
  readonly kind: 'basic'
  readonly username: string
  readonly password: string
}

interface BearerCredentials {
  readonly kind: 'bearer'
  readonly token: string
}

/** Keys of S3, or HMAC keys of GCS. */
export interface KeyCredentials {
  readonly kind: 'keys'
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The JSON text of a Google service account's key. */
export interface ServiceAccount {
  readonly kind: 'service-account'
  readonly json: string
}

export interface ProxySettings {
  /** Absolute http or https URL of the proxy, without user info. */
  readonly url: string
  readonly username: string | undefined
  readonly password: string | undefined
}

/** How long an upstream may take for each part of one answer. Each fits a timer (at most 2^31 - 1 ms); undefined: no end. */
interface UpstreamTimeouts {
  /** Until the connection stands. */
  readonly connectMs: number | undefined
  /** From the request to the head of the answer. */
  readonly firstByteMs: number | undefined
  /** Between two pieces of the body. */
  readonly idleMs: number | undefined
  /** For the whole answer. */
  readonly totalMs: number | undefined
}
