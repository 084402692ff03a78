import { makeProgramTests } from '../helpers/program-tests.ts'

makeProgramTests('relay').run()
