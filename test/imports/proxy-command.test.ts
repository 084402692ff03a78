import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readProxyCommand } from '../../src/imports/proxy-command.ts'

const test = suite('a ProxyCommand as a network')

/** A command, and the network that it stands for without its name; null: it is not understood. */
const COMMANDS: readonly (readonly [command: string, network: object | null])[] = [
  ['nc %h %p', {}],
  ['/usr/bin/nc -q0 %h %p', null],
  ['nc -q 0 -w 10 -v %h %p', {}],
  ['nc -x localhost:9050 %h %p', { technology: 'socks', socks: 'localhost:9050' }],
  ['nc -X 5 -x 10.0.0.1:1081 %h %p', { technology: 'socks', socks: '10.0.0.1:1081' }],
  ['exec nc.openbsd -X5 -x10.0.0.1 %h %p', { technology: 'socks', socks: '10.0.0.1:1080' }],
  ['nc -w 5 -x "proxy.lan:1080" -X 5 %h %p', { technology: 'socks', socks: 'proxy.lan:1080' }],
  ['nc -X connect -x proxy.lan:8080 %h %p', { technology: 'http', http: 'http://proxy.lan:8080' }],
  ['nc -X 4 -x proxy.lan:1080 %h %p', null],
  ['nc -P me -x proxy.lan:1080 %h %p', null],
  ['nc -x proxy.lan:1080 other 22', null],
  ['nc -x proxy.lan:1080 %h %p 2>/dev/null', null],
  [
    'ncat --proxy-type socks5 --proxy 127.0.0.1:1080 %h %p',
    { technology: 'socks', socks: '127.0.0.1:1080' },
  ],
  ['ncat --proxy=p.lan --proxy-type=http %h %p', { technology: 'http', http: 'http://p.lan:3128' }],
  ['ncat --proxy p.lan --proxy-auth me:secret %h %p', null],
  ['corkscrew p.lan 8080 %h %p', { technology: 'http', http: 'http://p.lan:8080' }],
  ['corkscrew p.lan 8080 %h %p ~/.secret', null],
  ['ssh -W %h:%p gate', { jump: 'gate' }],
  ['ssh -q gate -W [%h]:%p', { jump: 'gate' }],
  ['ssh -l me -p 2222 -W %h:%p gate.example', { jump: 'me@gate.example:2222' }],
  ['ssh me@gate nc -w 3 %h %p', { jump: 'me@gate' }],
  ['ssh -F other -W %h:%p gate', null],
  ['ssh gate', null],
  ['ssh gate "cat /x"', null],
  ['cloudflared access ssh --hostname %h', null],
  ['sh -c "nc %h %p"', null],
  ['constructor %h %p', null],
  ['', null],
]

for (const [command, network] of COMMANDS) {
  test(command === '' ? 'nothing' : command, () => {
    const read = readProxyCommand(command)
    if (read === null || network === null) assert.is(read, network)
    else {
      const { name, ...rest } = read
      assert.match(name, /^[a-z][\w.-]*$/)
      assert.equal(rest, network)
    }
  })
}

test.run()
