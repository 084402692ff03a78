import { type Artefact, Home } from './byway.ts'
import { type GatewayOptions, installSsh } from './gateway.ts'
import { MACHINE } from './ssh-client.ts'
import { type Sshd, startSshd } from './sshd.ts'

/** An sshd, and another one to jump from. */
export interface JumpPlaces {
  sshd: Sshd
  gate: Sshd
}

/** What the inventory says of the machine, and of others. */
export type Networks = (places: JumpPlaces) => Readonly<Record<string, object>>

/** Starts both. */
export async function openJumpPlaces(places: JumpPlaces): Promise<void> {
  places.sshd = await startSshd()
  places.gate = await startSshd()
}

/** Ends both. */
export function closeJumpPlaces({ sshd, gate }: JumpPlaces): void {
  sshd.stop()
  gate.stop()
}

/** The machine, behind a jump host. */
export function behind({ sshd }: JumpPlaces, jump: string) {
  return { behind: { jump, peers: { [MACHINE]: { host: '127.0.0.1', port: sshd.port } } } }
}

/** The gateway as a machine. */
export function gateway({ gate }: JumpPlaces, more: object = {}) {
  return { lan: { peers: { gate: { host: '127.0.0.1', port: gate.port, ...more } } } }
}

/** The gateway as a plain host. */
export function plainGateway({ gate }: JumpPlaces): string {
  return `127.0.0.1:${gate.port}`
}

/** A home with these networks, and an ssh that knows how to log in to the gateway. */
export function settleBehind(
  artefact: Artefact,
  places: JumpPlaces,
  { networks, ...options }: GatewayOptions & { readonly networks: Networks },
): Home {
  const home = new Home(artefact)
  home.writeInventory({ networks: networks(places) })
  installSsh(home, places.gate, options)
  return home
}
