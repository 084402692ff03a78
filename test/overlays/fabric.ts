import type { Host } from '../helpers/hosts.ts'

/** A network between the hosts of a lab. */
export interface Fabric {
  /** its name in the inventory, which is its technology's */
  readonly name: string
  /** Where a host is in it. */
  address(host: Host): string
  /** Ends what it runs on a host. */
  leave(host: Host): Promise<void>
}
