import { getEventListeners } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Network } from '../src/core/types.ts'
import { type Job, runLanes } from '../src/probe-lanes.ts'

const lanes = suite('probe lanes')

for (const [technology, most] of [
  ['direct', 64],
  ['wireguard', 64],
  ['jump', 8],
  ['tor', 8],
] as const) {
  lanes(`${technology}: never more than ${most} at a time, and all of them`, async () => {
    const crowd = new Crowd()
    await runLanes(crowd.jobs(networkOf('one', technology), 300), new AbortController().signal)
    assert.equal([crowd.most, crowd.done], [most, 300])
  })
}

lanes('a network whose door is full does not hold the others up', async () => {
  const crowd = new Crowd()
  const slow = crowd.jobs(networkOf('slow', 'jump'), 100)
  const fast = crowd.jobs(networkOf('fast', 'direct'), 100)
  await runLanes([...slow, ...fast], new AbortController().signal)
  assert.equal([crowd.most, crowd.done], [64, 200])
})

lanes('no jobs are done at once', async () => {
  await runLanes([], new AbortController().signal)
})

lanes('ends with the reason of the signal, and starts no more', async () => {
  const crowd = new Crowd()
  const control = new AbortController()
  const running = runLanes(crowd.jobs(networkOf('one', 'jump'), 20), control.signal)
  control.abort(new Error('enough'))
  const reason = await running.catch((error: Error) => error.message)
  assert.is(reason, 'enough')
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(crowd.started, 8)
})

for (const [end, jobs] of [
  ['success', []],
  ['failure', [{ run: () => Promise.reject(new Error('no')) }]],
] as const) {
  lanes(`nothing listens to the signal after a ${end}`, async () => {
    const { signal } = new AbortController()
    const network = networkOf('one', 'direct')
    const all = jobs.map((job) => ({ network, technology: 'direct', ...job }))
    await runLanes(all, signal).catch(() => {})
    assert.is(getEventListeners(signal, 'abort').length, 0)
  })
}

lanes.run()

class Crowd {
  started = 0
  done = 0
  most = 0

  jobs(network: Network, count: number): Job[] {
    const { technology } = network
    return Array.from({ length: count }, () => ({ network, technology, run: () => this.#run() }))
  }

  async #run(): Promise<void> {
    this.started += 1
    this.most = Math.max(this.most, this.started - this.done)
    await new Promise((resolve) => setImmediate(resolve))
    this.done += 1
  }
}

function networkOf(name: string, technology: string): Network {
  return { name, priority: 1, technology, module: technology, settings: {} }
}
