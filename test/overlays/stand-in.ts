/**
 * Stands in for a daemon that no registry has: `stand-in.ts <json>` makes a TUN device whose packets
 * go to all hosts in the same multicast group, as UDP, and serves one document by HTTP.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'

/** What it is told. */
export interface StandIn {
  readonly device: string
  /** with the length of the prefix */
  readonly address: string
  readonly group: string
  readonly packets: { readonly device: string; readonly port: number }
  readonly api: { readonly port: number; readonly path: string; readonly answer: unknown }
}

const { device, address, group, packets, api } = JSON.parse(process.argv[2] ?? '') as StandIn

const membership = `ip-add-membership=${group}:${packets.device}`
const carrier = [
  `UDP4-DATAGRAM:${group}:${packets.port}`,
  `bind=:${packets.port}`,
  membership,
  'ip-multicast-loop=0',
].join(',')
run(['ip', 'route', 'replace', `${group}/32`, 'dev', packets.device])
const socat = spawn('socat', [`TUN,tun-name=${device},iff-no-pi,iff-up`, carrier], {
  stdio: 'inherit',
})
socat.on('exit', () => process.exit(1))

const server = createServer((request, response) => {
  const known = request.method === 'GET' && request.url === api.path
  response.writeHead(known ? 200 : 404, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(known ? api.answer : {}))
})
server.listen(api.port, '127.0.0.1', () => {
  while (spawnSync('ip', ['addr', 'add', address, 'dev', device]).status !== 0) {}
  process.stdout.write('ready\n')
})

function run(argv: readonly [string, ...string[]]): void {
  const [program, ...args] = argv
  spawnSync(program, args, { stdio: 'inherit' })
}
