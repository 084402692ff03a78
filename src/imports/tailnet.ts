import { z } from 'zod'
import { BywayError } from '../core/errors.ts'
import type { Findings, Found, LeftOut } from './findings.ts'

/** Systems on which Tailscale runs, and no SSH server does. */
const PHONES: Readonly<Record<string, string>> = { iOS: 'iOS', tvOS: 'tvOS', android: 'Android' }

/** One computer, as `tailscale status --json` has it (ipnstate.PeerStatus), as far as it counts. */
const computer = z.object({
  HostName: z.string().optional(),
  DNSName: z.string().optional(),
  OS: z.string().optional(),
  TailscaleIPs: z.array(z.string()).nullish(),
  Tags: z.array(z.string()).nullish(),
})

const status = z.object({
  Self: computer.nullish(),
  Peer: z.record(z.string(), computer).nullish(),
})

/**
 * The computers of a tailnet as machines, by `tailscale status --json`; this computer is one of
 * them. Throws DATAERR when the document is another one.
 */
export function readTailnet(document: unknown, source: string): Findings {
  const read = status.safeParse(document)
  const { Self = null, Peer = null } = read.success ? read.data : {}
  if (Self === null && Peer === null) {
    throw new BywayError('DATAERR', `${source}: expected what "tailscale status --json" prints`)
  }
  const computers = [...(Self === null ? [] : [Self]), ...Object.values(Peer ?? {})]
  const all = computers.map(readComputer)
  return {
    found: all.filter((one) => 'machine' in one),
    leftOut: all.filter((one) => 'why' in one),
  }
}

function readComputer({
  HostName = '',
  DNSName = '',
  OS = '',
  TailscaleIPs,
  Tags,
}: z.infer<typeof computer>): Found | LeftOut {
  const label = DNSName.split('.')[0] ?? ''
  const name = label === '' ? HostName : label
  const phone = PHONES[OS]
  if (phone !== undefined) return { name, why: `${phone} has no SSH server` }
  if (Tags?.includes('tag:mullvad-exit-node') || /\.mullvad\.ts\.net\.?$/.test(DNSName)) {
    return { name, why: "Mullvad's, a way out and no machine" }
  }
  const hosts = TailscaleIPs ?? []
  if (hosts.length === 0) return { name, why: 'it has no address in the tailnet' }
  return { machine: name, network: { name: 'tailscale', technology: 'tailscale' }, peer: { hosts } }
}
