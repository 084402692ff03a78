declare const BYWAY_VERSION: string | undefined

/** byway's version, put in by the build; in the sources it has none. */
export const VERSION = typeof BYWAY_VERSION === 'string' ? BYWAY_VERSION : '0.0.0-source'

declare const BYWAY_BUILT_AT: number | undefined

/** When byway was made, or its sources were last changed: seconds since 1970; 0: not known. */
export const BUILT_AT = typeof BYWAY_BUILT_AT === 'number' ? BYWAY_BUILT_AT : 0
