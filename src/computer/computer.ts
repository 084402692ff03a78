import { readdirSync, readFileSync } from 'node:fs'
import type { Computer } from '../core/means.ts'
import { listInterfaces } from './interfaces.ts'
import { findRoute, findSource } from './routes.ts'

/** This computer. What takes long to load is loaded when it is first asked for. */
export function makeComputer({ findProgram }: Pick<Computer, 'findProgram'>): Computer {
  return {
    findProgram,
    interfaces: () => listInterfaces(),
    routeTo: findRoute,
    sourceFor: findSource,
    list: listFolder,
    readText,
    ask: async (...args) => (await import('./ask.ts')).askHttp(...args),
    askJson: async (...args) => (await import('./ask.ts')).askJson(...args),
    askText: async (...args) => (await import('./ask.ts')).askText(...args),
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

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
