import { devNull, homedir } from 'node:os'

/** The variables of a process, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Variables that hold keys: for the programs that read them, and for no other. */
const KEY_VARIABLES = new Set(['SOPS_AGE_KEY', 'AGE_KEY'])

/** The variable that marks all processes of a daemon's run: its value is the run's folder. */
export const RUN_MARK = 'BYWAY_RUN'

/** The environment without the variables that hold keys. */
export function withoutKeys(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !KEY_VARIABLES.has(name)))
}

/**
 * The user's home. One whom the system does not know, without `HOME`, has none: then it is a path
 * below which nothing can be, where no file is found and none is written.
 */
export function homeOf(env: Environment): string {
  if (env['HOME']) return env['HOME']
  try {
    return homedir()
  } catch {
    return devNull
  }
}
