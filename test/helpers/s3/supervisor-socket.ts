/** The socket of the process that owns this user's S3 server: abstract, so that it ends with its owner. */
export const SUPERVISOR_SOCKET = `\0symgate-test-s3-${process.getuid?.() ?? 0}`
