// serial
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { run } from '../helpers/program.ts'

const bench = suite('bench')

for (const row of ['start', 'interactive', 'scale']) {
  bench(`${row} works; nothing is measured here`, async () => {
    const argv = [process.execPath, '--import', 'tsx', 'bench/main.ts', '--small', row]
    const { stdout, stderr, status } = await run(argv)
    assert.is(status, 0, stderr)
    assert.match(stdout.toString(), new RegExp(`^## ${row}$`, 'm'))
    assert.match(stdout.toString(), /^\| byway|^\| 1000/m)
  })
}

bench.run()
