/** How patient commands are with a server: about a minute, in which one restarts. */
export const AGENT_PATIENCE = { attempts: 8, firstDelayMs: 500 } as const
