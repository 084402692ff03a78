import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Choice, chooseRecipe } from '../../src/daemons/choose.ts'
import { RECIPES } from '../../src/daemons/overlays/table.ts'

const SPACE = ['unshare', 'nsenter', 'pasta']
const CONFIG = { config: { file: '/x' } }

const choose = suite('daemons/choose')

function chosen(technology: string, programs: readonly string[], entry: object): Choice {
  const find = (program: string) => (programs.includes(program) ? `/bin/${program}` : null)
  return chooseRecipe(RECIPES[technology] ?? [], entry, find)
}

function nameOf(choice: Choice): string {
  return 'recipe' in choice
    ? choice.recipe.name
    : choice.obstacles.map(({ text }) => text).join('; ')
}

choose('without an interface where that can be had, else in a namespace', () => {
  const all = ['wireproxy', 'wireguard-go', 'wg', 'ip', ...SPACE]
  assert.is(nameOf(chosen('wireguard', all, CONFIG)), 'wireproxy')
  assert.is(nameOf(chosen('wireguard', ['wireproxy'], CONFIG)), 'wireproxy')
  // /dev/net/tun is closed to ordinary users where there is no udev
  const inside = nameOf(chosen('wireguard', all, { ...CONFIG, namespace: true }))
  assert.match(inside, /^wireguard-go$|^\/dev\/net\/tun cannot be opened$/)
})

choose('what is missing is told one by one, with what mends it', () => {
  const choice = chosen('wireguard', ['nsenter'], {})
  const text = nameOf(choice)
  for (const part of [
    'daemon.config is not set',
    'no program "wireguard-go"',
    'no program "wg"',
    'no program "ip"',
    'no program "unshare"',
    'no program "pasta" or "slirp4netns"',
  ]) {
    assert.ok(text.split('; ').includes(part), `${part} in ${text}`)
  }
  const mends = 'obstacles' in choice ? choice.obstacles.map(({ mend }) => mend) : []
  assert.ok(mends.includes('sudo apt install passt'), mends.join())
})

choose('only without a namespace: its needs do not count', () => {
  const text = nameOf(chosen('yggdrasil', [], { ...CONFIG, namespace: false }))
  assert.is(text, 'no program "yggstack"')
  const none = nameOf(chosen('tinc', SPACE, { ...CONFIG, namespace: false }))
  assert.is(none, 'nothing can be started with daemon.namespace false')
})

choose.run()
