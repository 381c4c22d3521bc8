/** A command line that cannot be understood; its message is all the user needs. */
export class UsageError extends Error {}
