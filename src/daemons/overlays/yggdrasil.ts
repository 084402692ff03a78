import { BywayError } from '../../core/errors.ts'
import { type Given, IP, type Recipe } from './recipe.ts'

/** It can be used once it has a peer: before that a packet is thrown away. */
const SCRIPT = `cd "$BYWAY_RUN"
yggdrasil -useconffile files/yggdrasil.conf "$@" 2>&1 | while read -r line; do
  echo "$line"
  case $line in
    *[Cc]onnected*)
      until ip -6 -o address show 2>/dev/null | grep -Eq 'inet6 [23][0-9a-f]{2}:'; do sleep 0.02; done
      echo ready >&3 ;;
  esac
done
`

/** yggdrasil with an interface of its own. */
export const yggdrasil: Recipe = {
  name: 'yggdrasil',
  namespace: true,
  needs: [{ program: 'yggdrasil', debian: 'yggdrasil' }, IP],
  wants: [['config']],
  launch: (given) => ({
    kind: 'namespace',
    script: SCRIPT,
    command: given.args,
    env: given.env,
    files: { 'yggdrasil.conf': configFor(given, {}) },
    ready: null,
  }),
}

/** yggdrasil behind a SOCKS5 proxy, without any interface. */
export const yggstack: Recipe = {
  name: 'yggstack',
  namespace: false,
  needs: [{ program: 'yggstack', source: 'github.com/yggdrasil-network/yggstack' }],
  wants: [['config']],
  // HJSON, as `yggdrasil -genconf` writes it, is nothing into which the admin socket could be put
  takes: ({ config }) => isJson(config ?? ''),
  launch: (given) => ({
    kind: 'program',
    command: [
      ...['yggstack', '-useconffile', '{folder}/files/yggdrasil.conf', '-socks', '{folder}/socks'],
      ...given.args,
    ],
    env: given.env,
    // its usual admin socket is below /run, where it may not be made
    files: { 'yggdrasil.conf': configFor(given, { AdminListen: 'none' }) },
    ready: { log: '[Cc]onnected' },
    finish: null,
    way: { socks: { path: '{folder}/socks' } },
  }),
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The configuration with the key and what has to be so. Throws CONFIG, without the text. */
function configFor({ config, key }: Given, own: Readonly<Record<string, string>>): string {
  const more = { ...own, ...(key === null ? {} : { PrivateKey: key.trim() }) }
  const text = config ?? ''
  if (Object.keys(more).length === 0) return text
  try {
    return JSON.stringify({ ...JSON.parse(text), ...more })
  } catch {
    throw new BywayError('CONFIG', 'the configuration of yggdrasil is no JSON', {
      hint: 'write it as JSON: yggdrasil -useconffile <file> -normaliseconf -json',
    })
  }
}
