import { relay } from '../../src/stdio/relay.ts'
import { FakeStream } from './fake-stream.ts'

/** A relay that has begun, both its sides in the test's hands. */
export function begin(head: readonly Buffer[] = []) {
  const [peer, stdio] = [new FakeStream(), new FakeStream()]
  return { peer, stdio, done: relay(peer, head, stdio) }
}
