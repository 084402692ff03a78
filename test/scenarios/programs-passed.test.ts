import { makeProgramTests } from '../helpers/program-tests.ts'

makeProgramTests('fdpass').run()
