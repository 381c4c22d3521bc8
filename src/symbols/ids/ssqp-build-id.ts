/** SSQP pads build-ids to the length of a SHA-1 (SSQP key conventions, "ELF-buildid"). */
const DIGITS = 40

/** A build-id (hex digits) as SSQP's keys have it: with zeros behind it where it is shorter than a SHA-1. */
export function ssqpBuildId(buildId: string): string {
  return buildId.padEnd(DIGITS, '0')
}
