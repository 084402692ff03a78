import { testPrograms } from '../helpers/program-tests.ts'

testPrograms('relay')
