/** Prints as JSON what there is of the computer that it runs on; its arguments are IP addresses. */
import { makeComputer } from '../../src/computer/computer.ts'

const computer = makeComputer({ findProgram: () => null })
const addresses = process.argv.slice(2)
const routes = await Promise.all(
  addresses.map(async (address) => [address, await computer.routeTo(address)]),
)
const sources = await Promise.all(
  addresses.map(async (address) => [address, await computer.sourceFor(address)]),
)
const interfaces = computer.interfaces().map(({ name, addresses, kind }) => {
  const shown = addresses.filter((address) => !address.startsWith('fe80:'))
  return [name, { kind, addresses: shown }]
})
const found = {
  interfaces: Object.fromEntries(interfaces),
  routes: Object.fromEntries(routes),
  sources: Object.fromEntries(sources),
}
process.stdout.write(JSON.stringify(found))
