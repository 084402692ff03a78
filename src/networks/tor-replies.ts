import type { SocksReply } from '../core/means.ts'

/**
 * What tor means by the reply codes of its SOCKS port: those of RFC 1928 as it uses them, and its
 * own (tor(1), SocksPort, ExtendedErrors; proposal 304).
 */
export const TOR_REPLIES: Readonly<Record<number, SocksReply>> = {
  1: {
    reason: 'tor could not open the stream',
    hint: 'the onion service answers but its sshd may be down; or it went away a moment ago',
  },
  2: {
    reason: 'tor refuses names that are no onion names here',
    hint: 'hosts of a tor network that byway starts by itself end in .onion',
  },
  4: { reason: 'tor could not reach the onion service' },
  5: { reason: 'the onion service refuses the connection', hint: 'is its sshd running?' },
  6: { reason: 'tor gave up: no circuit in time', hint: 'has this computer a network?' },
  0xf0: {
    reason: 'the onion service is not found: nobody has its descriptor',
    hint: 'the machine is off, or its tor has not been online for hours',
  },
  0xf1: {
    reason: "the onion service's descriptor is invalid",
    hint: 'its tor, or ours, may be too old',
  },
  0xf2: {
    reason: 'the onion service does not answer (introduction failed)',
    hint: 'its descriptor is still there, so it was online lately',
  },
  0xf3: {
    reason: 'the onion service did not come to the rendezvous',
    hint: 'try again: a relay between may have failed',
  },
  0xf4: {
    reason: 'the onion service wants to know its clients, and no key was given',
    hint: 'name the key with networks.<name>.onionAuth.<machine>',
  },
  0xf5: {
    reason: 'the onion service does not know the key that was given',
    hint: 'is the public key among its authorized_clients?',
  },
  0xf6: { reason: 'tor calls the onion name invalid', hint: 'look for a typo' },
  0xf7: {
    reason: 'the onion service does not answer (introduction timed out)',
    hint: 'the machine may have just gone offline',
  },
}
