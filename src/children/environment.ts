/** The variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Variables that hold keys: for the programs that read them, and for no other. */
const KEY_VARIABLES = new Set(['SOPS_AGE_KEY', 'AGE_KEY'])

/** The environment without the variables that hold keys. */
export function withoutKeys(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !KEY_VARIABLES.has(name)))
}
