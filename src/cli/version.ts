declare const BYWAY_VERSION: string | undefined

/** byway's version, put in by the build; in the sources it has none. */
export const VERSION = typeof BYWAY_VERSION === 'string' ? BYWAY_VERSION : '0.0.0-source'
