import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { absoluteFlake, directoryOf, isReference, showFlake } from '../../src/inventory/flake.ts'

const flake = suite('inventory/flake')

const CASES: readonly {
  readonly named: string
  readonly absolute?: string
  readonly directory: string | null
}[] = [
  { named: '/home/me/clan', directory: '/home/me/clan' },
  { named: 'clan', absolute: '/base/clan', directory: '/base/clan' },
  { named: '.', absolute: '/base', directory: '/base' },
  { named: './a:b', absolute: '/base/a:b', directory: '/base/a:b' },
  { named: 'a/b:c', absolute: '/base/a/b:c', directory: '/base/a/b:c' },
  { named: 'path:/x/y', directory: '/x/y' },
  { named: 'path:y?dir=z', absolute: 'path:/base/y?dir=z', directory: '/base/y/z' },
  { named: 'path:.', absolute: 'path:/base', directory: '/base' },
  { named: 'git+file:///x/y?ref=main&dir=a%20b', directory: '/x/y/a b' },
  { named: 'git+file:///x/y', directory: '/x/y' },
  { named: 'github:me/clan', directory: null },
  { named: 'git+ssh://git@example.net/clan', directory: null },
  { named: 'flake:clan', directory: null },
]

for (const { named, absolute = named, directory } of CASES) {
  flake(`${named} is ${directory ?? 'elsewhere'}`, () => {
    assert.is(absoluteFlake(named, '/base'), absolute)
    assert.is(directoryOf(absolute), directory)
  })
}

flake('a scheme makes a reference, nothing else does', () => {
  assert.equal(['github:a/b', 'git+ssh:x', '/a:b', './a:b', 'a'].map(isReference), [
    ...[true, true, false, false, false],
  ])
})

for (const [named, shown] of [
  ['git+https://me:t0ken@example.net/clan', 'git+https://[secret]@example.net/clan'],
  ['git+https://me:t0@ken@example.net/clan', 'git+https://[secret]@example.net/clan'],
  ['git+https://t0ken@example.net/clan', 'git+https://[secret]@example.net/clan'],
  [
    'https://example.net/clan?access_token=t0ken&x=1',
    'https://example.net/clan?access_token=…&x=1',
  ],
  ['git+ssh://git@example.net/clan', 'git+ssh://git@example.net/clan'],
  ['git+ssh://alice@example.net:2222/clan', 'git+ssh://alice@example.net:2222/clan'],
  ['GIT+SSH://alice@[2001:db8::1]:22/clan', 'GIT+SSH://alice@[2001:db8::1]:22/clan'],
  ['git+ssh://alice:t0ken@example.net/clan', 'git+ssh://[secret]@example.net/clan'],
  ['git+ssh://git:t0@ken@example.net/clan', 'git+ssh://[secret]@example.net/clan'],
  ['/home/me@work/clan', '/home/me@work/clan'],
] as const) {
  flake(`${named.replace('t0ken', '…')} is shown without what is secret in it`, () => {
    assert.is(showFlake(named), shown)
  })
}

flake.run()
