/** A process that does a work of a folder, once whoever does it now is done, so many times: `<folder> <times>`. */
import { runInTurn } from '../../src/daemons/sole.ts'

const [folder = '', times = '0'] = process.argv.slice(2)
for (let i = 0; i < Number(times); i++) await runInTurn(folder, () => Promise.resolve())
