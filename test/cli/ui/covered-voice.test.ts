import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CoveredVoice } from '../../../src/cli/ui/covered-voice.ts'

const test = suite('covered voice')

for (const [name, isTTY, told] of [
  ['the screen’s terminal', true, ['before', 'progress before']],
  ['a file', false, ['before', 'progress before', 'under it']],
] as const) {
  test(`stderr is ${name}: ${told.join(', ')}`, () => {
    const said: (string | null)[] = []
    const shown: (string | null)[] = []
    const say = (text: string | null) => void said.push(text)
    const plain = { tell: (_: number, text: string) => say(text), progress: say }
    const voice = new CoveredVoice(plain, { isTTY })
    const { tell, progress } = voice
    tell(1, 'before')
    progress('progress before')
    voice.cover((text) => shown.push(text))
    tell(1, 'under it')
    progress('progress')
    progress(null)
    assert.equal(said, told)
    assert.equal(shown, ['progress', null])
  })
}

test.run()
