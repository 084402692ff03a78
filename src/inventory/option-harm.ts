import { isAddress, isUser } from './shapes/host.ts'
import { argumentOf, type SshOption } from './ssh-options.ts'

/** What an option may do to this computer, as the end of "an option with which ssh …". */
const RUNS = 'runs a program'
const TRUSTS = 'writes to a file, or trusts one'
const OPENS = 'opens this computer to others'
/** `Match exec` of the user's gives its tokens to a shell, and `Match host` takes one machine for another. */
const LEADS = 'fills in what your own configuration matches, and runs'
const UNKNOWN = 'does what byway does not know'

/** Letters of ssh(1) that do no such thing. All others need trust. */
const HARMLESS_LETTERS = '46aBbCceiJklmNnopqsTtvx'
const HARMFUL_LETTERS: Readonly<Record<string, string>> = {
  ...{ F: RUNS, I: RUNS, E: TRUSTS },
  ...Object.fromEntries([...'ADgKLMORSwXY'].map((letter) => [letter, OPENS])),
}

/** Keywords of ssh_config(5) that do no such thing, whatever their value is. All others need trust. */
const HARMLESS = new Set(
  `addressfamily batchmode bindaddress bindinterface casignaturealgorithms certificatefile
  channeltimeout checkhostip ciphers clearallforwardings compression connectionattempts
  connecttimeout escapechar exitonforwardfailure fingerprinthash gssapiauthentication hashknownhosts
  hostbasedacceptedalgorithms hostbasedauthentication hostkeyalgorithms
  identitiesonly identityfile ipqos kbdinteractiveauthentication kbdinteractivedevices
  kexalgorithms loglevel macs nohostauthenticationforlocalhost numberofpasswordprompts
  obscurekeystroketiming passwordauthentication port preferredauthentications proxyjump
  proxyusefdpass pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication rekeylimit
  remotecommand requesttty requiredrsasize revokedhostkeys serveralivecountmax serveraliveinterval
  sessiontype stricthostkeychecking tcpkeepalive updatehostkeys verifyhostkeydns
  visualhostkey`.split(/\s+/),
)
const HARMFUL: Readonly<Record<string, string>> = {
  ...named(
    `host include knownhostscommand localcommand match permitlocalcommand pkcs11provider
    proxycommand securitykeyprovider smartcarddevice xauthlocation`,
    RUNS,
  ),
  ...named('globalknownhostsfile userknownhostsfile', TRUSTS),
  ...named('hostkeyalias hostname user', LEADS),
  ...named(
    `addkeystoagent controlmaster controlpath controlpersist dynamicforward enableescapecommandline
    forwardagent forwardx11 forwardx11trusted gatewayports gssapidelegatecredentials identityagent
    localforward remoteforward sendenv setenv streamlocalbindunlink tunnel`,
    OPENS,
  ),
}

/** Values with which a keyword does nothing of its kind. */
const OFF: Readonly<Record<string, (value: string) => boolean>> = {
  [OPENS]: (value) => /^(?:no|none|false)$/i.test(value),
  [TRUSTS]: (value) => /^(?:none|\/dev\/null)$/i.test(value),
}
/** The same of single keywords. ssh 10 puts variables of this computer in place of `${…}`, and tokens of `%…`. */
const OFF_OF: Readonly<Record<string, (value: string) => boolean>> = {
  hostkeyalias: isAddress,
  setenv: (value) => !value.includes('$'),
  user: isPlainUser,
}

/**
 * What ssh, given this option, may do to this computer, so that only those may give it who may also
 * name programs to run; null: nothing. Words such as `runs a program`. What is not known counts.
 */
export function harmOf({ alone, flag, keyword, value }: SshOption): string | null {
  const letters = [...alone, ...(value === '' ? '' : flag)]
  const letter = letters.find((one) => !HARMLESS_LETTERS.includes(one))
  if (letter !== undefined) return HARMFUL_LETTERS[letter] ?? UNKNOWN
  if (flag === 'l') return isPlainUser(value) ? null : LEADS
  if (flag !== 'o' || HARMLESS.has(keyword)) return null
  if (!Object.hasOwn(HARMFUL, keyword)) return UNKNOWN
  const harm = HARMFUL[keyword] ?? UNKNOWN
  const isOff = (OFF_OF[keyword] ?? OFF[harm])?.(argumentOf({ value }))
  return isOff === true ? null : harm
}

function isPlainUser(value: string): boolean {
  return isUser(value) && !value.includes('%')
}

/** True when ssh, given this option, runs a program of the option's choice on this computer. */
export function runsProgram(option: SshOption): boolean {
  return harmOf(option) === RUNS
}

/** The option and what it may do, for messages: `the option proxycommand, which runs a program`. */
export function describeHarm(option: SshOption): string {
  return `the option ${option.keyword || `-${option.flag}`}, which ${harmOf(option)}`
}

function named(words: string, harm: string): Record<string, string> {
  return Object.fromEntries(words.split(/\s+/).map((word) => [word, harm]))
}
