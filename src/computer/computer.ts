import { readdirSync } from 'node:fs'
import type { Computer } from '../core/means.ts'
import { findRoute } from './routes.ts'
import { listInterfaces } from './interfaces.ts'

/** This computer. What takes long to load is loaded when it is first asked for. */
export function makeComputer({ findProgram }: Pick<Computer, 'findProgram'>): Computer {
  return {
    findProgram,
    interfaces: () => listInterfaces(),
    routeTo: findRoute,
    list: listFolder,
    ask: async (...args) => (await import('./ask.ts')).askHttp(...args),
    askJson: async (...args) => (await import('./ask.ts')).askJson(...args),
    readOutput: async (...args) => (await import('./programs.ts')).readOutput(...args),
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
