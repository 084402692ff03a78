import { join } from 'node:path'
import { type Artefact, Home, runByway } from './byway.ts'
import { type Listener, listen } from './listen.ts'
import { NixRecorder } from './nix-recorder.ts'
import type { Result } from './program.ts'
import { ToyClan, type ToyFlake, type ToyMachine } from './toy-clan.ts'
import { until } from './until.ts'

/** A home whose configuration names a toy clan, which its own Nix evaluates. */
export interface ToyHome {
  readonly home: Home
  readonly clan: ToyClan
  readonly nix: NixRecorder
}

/** Makes both. */
export async function makeToyHome(artefact: Artefact, flake: ToyFlake): Promise<ToyHome> {
  const home = new Home(artefact)
  const clan = await ToyClan.make(flake)
  home.writeConfig({ flake: clan.folder })
  return { home, clan, nix: new NixRecorder(join(home.folder, 'bin')) }
}

/** A peer that says this banner of SSH and ends. */
export function startPeer(software: string): Promise<Listener> {
  return listen((socket) => {
    socket.resume().end(`SSH-2.0-${software}\r\n`)
  })
}

/** A machine at that peer. */
export function machineAt({ host, port }: Listener): ToyMachine {
  return { hosts: [{ plain: host }], port }
}

/** Has byway connect to a machine; its stdout is what the peer says. */
export function connectTo(
  { home }: ToyHome,
  machine: string,
  flags: readonly string[] = [],
): Promise<Result> {
  return runByway(home, ['connect', ...flags, machine], { input: '' })
}

/** Waits until no byway of the home works in the background any more. */
export async function settled({ home }: ToyHome): Promise<void> {
  await until('nothing goes on in the background', () => home.liveByways().length === 0)
}
