import { type RelayOptions, relay } from '../../src/stdio/relay.ts'
import { FakeStream } from './fake-stream.ts'

/** A relay that has begun, both its sides in the test's hands. */
export function begin(options: RelayOptions = {}) {
  const [peer, stdio] = [new FakeStream(), new FakeStream()]
  return { peer, stdio, done: relay(peer, stdio, options) }
}
