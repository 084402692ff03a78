import { type FoundNetwork, INTERNET, toName } from './findings.ts'

/** What a shell would do more than split into words. */
const SHELL = /[|;&<>$`(){}\\\n]/
/** The ports that nc(1) and ncat(1) take where none is named. */
const SOCKS_PORT = '1080'
const HTTP_PORT = '3128'
/** Flags of nc's that change nothing about where it connects. */
const NC_IDLE = /^-[46nvNz]+$/
const NC_VALUED = /^-[qwis]$/
/** Flags of ssh's that change nothing about where it connects. */
const SSH_IDLE = /^-[4679AaCfKkqTtvXxYN]+$/
const TARGET = '%h %p'

/**
 * The network that a ProxyCommand of ssh_config(5) stands for: `nc -x` and what is like it, a bare
 * `nc`, `ssh -W`. Null: it is something else.
 */
export function readProxyCommand(command: string): FoundNetwork | null {
  if (SHELL.test(command)) return null
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
  const [program = '', ...args] = words[0] === 'exec' ? words.slice(1) : words
  const read = PROGRAMS.get(program.slice(program.lastIndexOf('/') + 1))
  return read === undefined ? null : read(args)
}

const PROGRAMS = new Map<string, (args: readonly string[]) => FoundNetwork | null>([
  ['nc', readNc],
  ['nc.openbsd', readNc],
  ['netcat', readNc],
  ['ncat', readNcat],
  ['corkscrew', readCorkscrew],
  ['ssh', readSsh],
])

/** nc(1) of OpenBSD: `-x` is the proxy, `-X` its protocol, 5 where there is none. */
function readNc(args: readonly string[]): FoundNetwork | null {
  const words = args.flatMap((word) => (/^-[xX]./.test(word) ? splitFlag(word) : [word]))
  const { values, rest } = takeValues(words, ['-x', '-X'])
  const idle = rest.filter((word, i) => {
    return !(NC_IDLE.test(word) || NC_VALUED.test(word) || NC_VALUED.test(rest[i - 1] ?? ''))
  })
  if (idle.join(' ') !== TARGET) return null
  const [proxy, protocol = '5'] = [values['-x'], values['-X']]
  if (proxy === undefined) return INTERNET
  if (protocol === '5') return socksBy(withPort(proxy, SOCKS_PORT))
  return protocol === 'connect' ? httpBy(withPort(proxy, HTTP_PORT)) : null
}

function readCorkscrew([host, port, ...rest]: readonly string[]): FoundNetwork | null {
  return rest.join(' ') === TARGET ? httpBy(`${host}:${port}`) : null
}

/** ncat(1) of nmap: a proxy that wants a password is left to the person, who knows it. */
function readNcat(args: readonly string[]): FoundNetwork | null {
  const words = args.flatMap((word) => (/^--[\w-]+=/.test(word) ? splitLong(word) : [word]))
  const { values, rest } = takeValues(words, ['--proxy', '--proxy-type'])
  if (rest.join(' ') !== TARGET) return null
  const [proxy, type = 'http'] = [values['--proxy'], values['--proxy-type']]
  if (proxy === undefined) return INTERNET
  if (type === 'socks5') return socksBy(withPort(proxy, SOCKS_PORT))
  return type === 'http' ? httpBy(withPort(proxy, HTTP_PORT)) : null
}

/** ssh(1): `-W %h:%p` in any place, or nc on the other side. */
function readSsh(args: readonly string[]): FoundNetwork | null {
  const { values, rest } = takeValues(args, ['-W', '-p', '-l'])
  const [destination = '', ...remote] = rest.filter((word) => !SSH_IDLE.test(word))
  const through = values['-W']?.replace('[%h]', '%h') === '%h:%p' && remote.length === 0
  const byNc = values['-W'] === undefined && /^nc(?: -[qw] ?\d+)* %h %p$/.test(remote.join(' '))
  if (destination === '' || destination.startsWith('-') || !(through || byNc)) return null
  const user = values['-l'] === undefined ? '' : `${values['-l']}@`
  const port = values['-p'] === undefined ? '' : `:${values['-p']}`
  return jumpBy(`${user}${destination}${port}`)
}

/** Machines that are reached through these jump hosts, as ProxyJump names them. */
export function jumpBy(jump: string): FoundNetwork {
  return { name: toName(`via-${jump}`), jump }
}

function socksBy(socks: string): FoundNetwork {
  return { name: toName(`socks-${socks}`), technology: 'socks', socks }
}

function httpBy(place: string): FoundNetwork {
  return { name: toName(`http-${place}`), technology: 'http', http: `http://${place}` }
}

function takeValues(words: readonly string[], flags: readonly string[]) {
  const values: Record<string, string> = {}
  const rest: string[] = []
  const left = [...words]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (flags.includes(word)) values[word] = left.shift() ?? ''
    else rest.push(word)
  }
  return { values, rest }
}

function splitFlag(word: string): string[] {
  return [word.slice(0, 2), word.slice(2)]
}

function splitLong(word: string): string[] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}

function withPort(place: string, port: string): string {
  return /:\d+$/.test(place) ? place : `${place}:${port}`
}
