import { hostname } from 'node:os'
import type { Machine } from './core/types.ts'
import type { OpenedInventory } from './inventory/open.ts'

/**
 * The machine of the inventory that this computer is, by the configuration's `self` or else by its
 * hostname; null: none of them, or one of several with that name.
 */
export function findOwnMachine(inventory: OpenedInventory): Machine | null {
  try {
    return inventory.find(inventory.header.self ?? hostname().split('.')[0] ?? '')
  } catch {
    return null
  }
}
