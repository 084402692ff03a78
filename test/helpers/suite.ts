import { suite as plainSuite, type Test } from 'uvu'

/** A suite of uvu's, which would forget why what is to happen before its tests failed. */
export function suite<T = Record<string, never>>(title: string): Test<T> {
  const test = plainSuite<T>(title)
  const { before } = test
  const telling = (hook: Parameters<typeof before>[0]) => {
    before(async (context) => {
      try {
        await hook(context)
      } catch (error) {
        console.log(`\n   FAIL  ${title}, before its tests\n${(error as Error).stack ?? error}`)
        throw error
      }
    })
  }
  return Object.assign(test, { before: Object.assign(telling, { each: before.each }) })
}
