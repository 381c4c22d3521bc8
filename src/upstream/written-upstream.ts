/** An upstream as people write it, in the keys of the configuration, not yet checked. */
export type WrittenUpstream = Readonly<Record<string, unknown>>
