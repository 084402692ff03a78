/** A machine as the configuration names it. */
export interface ConfiguredHost {
  readonly name: string
  /** other names that it is typed by */
  readonly aliases: readonly string[]
  readonly user: string | null
  /** its name in known_hosts */
  readonly hostKeyAlias: string
  /** the value of KnownHostsCommand; null: none */
  readonly knownHosts: string | null
  /** further lines of ssh_config(5) */
  readonly lines: readonly string[]
}

/** Bytes of one line at most: parsers of other clients are narrower than ssh's own. */
const LONGEST_LINE = 900

/**
 * ssh_config(5) text: plain `Host` lines, no `Match exec`, which would run for every ssh on the
 * computer. Each machine keeps one identity (`HostKeyAlias`) whatever network it is reached by.
 */
export function makeClientConfig(
  hosts: readonly ConfiguredHost[],
  { proxyCommand, fdpass }: { proxyCommand: string; fdpass: boolean },
): string {
  const common = [
    '  CheckHostIP no',
    ...(fdpass ? ['  ProxyUseFdpass yes'] : []),
    `  ProxyCommand ${proxyCommand}`,
  ]
  const commands = new Set(hosts.map(({ knownHosts }) => knownHosts))
  const shared = [...commands].flatMap((command) => {
    const names = hosts.filter(({ knownHosts }) => knownHosts === command).flatMap(namesOf)
    const lines = command === null ? [] : [`  KnownHostsCommand ${command}`]
    return hostLines(names).map((line) => [line, ...common, ...lines])
  })
  const blocks = [...hosts.map(hostBlock), ...shared]
  return blocks.map((block) => `${block.join('\n')}\n`).join('\n')
}

function namesOf({ name, aliases }: ConfiguredHost): string[] {
  return [name, ...aliases]
}

function hostBlock(host: ConfiguredHost): string[] {
  const { user, hostKeyAlias, lines } = host
  return [
    ...hostLines(namesOf(host)),
    `  HostKeyAlias ${hostKeyAlias}`,
    ...(user === null ? [] : [`  User ${user}`]),
    ...lines.map((line) => `  ${line}`),
  ]
}

/** `Host` lines of bounded length that together name all. */
function hostLines(names: readonly string[]): string[] {
  const lines: string[] = []
  for (const name of names) {
    const longer = `${lines.at(-1)} ${name}`
    if (lines.length > 0 && Buffer.byteLength(longer) < LONGEST_LINE)
      lines[lines.length - 1] = longer
    else lines.push(`Host ${name}`)
  }
  return lines
}
