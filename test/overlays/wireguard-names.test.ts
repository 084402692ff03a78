// serial
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Host, type Lab, makeLab } from '../helpers/hosts.ts'
import { type Sshd, startSshd } from '../helpers/sshd.ts'
import { openDesk } from './desk.ts'
import { type FarSide, makeWireguard, WEB } from './far-sides.ts'
import { MACHINE, Seat } from './seat.ts'

const NAME_SERVER = fileURLToPath(new URL('name-server.ts', import.meta.url))
const NODE = [process.execPath, '--import', import.meta.resolve('tsx')]
/** Where systemd-resolved listens. */
const STUB = '127.0.0.53'
/** The names of the tunnel's end, and of the machine in it. */
const ENDPOINT = 'vpn.example.net'
const PEER = 'web01.example.net'

interface Context {
  lab: Lab
  sshd: Sshd
  far: FarSide
}

const test = suite<Context>('wireguard on demand: names in its namespace')

test.before(async (context) => {
  context.lab = await makeLab(['desk', WEB])
  const [desk, web] = [context.lab.host('desk'), context.lab.host(WEB)]
  context.sshd = await startSshd({ inside: web.inside, listen: ['0.0.0.0', '::'] })
  context.far = { ...(await makeWireguard(context.lab)), address: PEER }
  const file = join(context.far.folder, 'vpn.conf')
  const text = readFileSync(file, 'utf8').replace(/^Endpoint.*$/m, `Endpoint = ${ENDPOINT}:51820`)
  writeFileSync(file, text)
  await openDesk(context.lab)
  const names = { [ENDPOINT]: web.under, [PEER]: '10.9.0.2' }
  await serveNames(web, web.under, names)
  await serveNames(desk, STUB, names)
  await desk.run(['sh', '-c', 'touch /run/resolv && mount --bind /run/resolv /etc/resolv.conf'])
})

test.after(({ lab, sshd }) => {
  lab?.stop()
  sshd?.stop()
})

async function serveNames(host: Host, address: string, names: object): Promise<void> {
  await host.start([...NODE, NAME_SERVER, address, JSON.stringify(names)]).says('ready')
}

/** What the files of resolv.conf(5) are, by who is named in them. */
const COMPUTERS = {
  'a name server elsewhere': { etc: 'far', resolved: null },
  'a stub on loopback': { etc: 'stub', resolved: null },
  "a stub on loopback, and its own servers in systemd-resolved's file": {
    etc: 'stub',
    resolved: 'far',
  },
} as const

for (const [name, { etc, resolved }] of Object.entries(COMPUTERS)) {
  test(`${name}: an endpoint and a peer are found by name`, async ({ lab, ...parts }) => {
    const desk = lab.host('desk')
    const servers = { far: lab.host(WEB).under, stub: STUB }
    await desk.run(['sh', '-c', `echo nameserver ${servers[etc]} >/run/resolv`])
    if (resolved !== null) {
      const line = `nameserver ${servers[resolved]}`
      const folder = '/run/systemd/resolve'
      await desk.run(['sh', '-c', `mkdir -p ${folder}; echo ${line} >${folder}/resolv.conf`])
    }
    const seat = await Seat.make(desk, parts)
    const { stdout, stderr } = await seat.byway(['explain', '--json', MACHINE])
    const [route] = JSON.parse(stdout.toString()).routes
    assert.is(route.outcome, 'won', `${route.reason} ${stderr}`)
    const stages = route.steps.map(({ stage }: { stage: string }) => stage)
    assert.equal(stages.slice(-3), ['lookup', 'connect', 'banner'])
    await seat.leavesNothing()
  })
}

test.run()
