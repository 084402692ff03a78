import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeStatusPage } from '../../src/cli/ui/status-page.ts'
import type { StatusDocument } from '../../src/core/status.ts'
import { openBrowser, PATIENCE } from '../helpers/browser.ts'
import { EXECUTABLE, Home, runByway } from '../helpers/byway.ts'
import { listen } from '../helpers/listen.ts'
import { STATUS } from '../helpers/status-documents.ts'

const PHONE = { viewport: { width: 390, height: 844 } }
const DESK = { viewport: { width: 1280, height: 800 } }
const HOSTILE = `"><script>document.title='caught'</script><img src=http://192.0.2.1/x onerror=alert(1)>'&`

const pages = suite<{ browser: Browser; home: Home }>('status page')

pages.before(async (context) => {
  context.home = new Home(EXECUTABLE)
  context.browser = await openBrowser()
})

pages.after(async ({ browser }) => {
  await browser.close()
})

pages('byway status --html: a page that says what the table says', async ({ browser, home }) => {
  const server = await listen((socket) => socket.write('SSH-2.0-test\r\n'))
  const { host, port } = server
  home.writeInventory({ networks: { lab: { peers: { web01: { host, port } } } } })
  const file = join(home.folder, 'status.html')
  const { status, stdout, stderr } = await runByway(home, ['status', '--html', file])
  assert.equal([status, stdout.toString(), stderr], [0, '', ''])
  const { page } = await open(browser, file, DESK)
  assert.is(await page.title(), 'byway: 1 of 1 machine answers')
  assert.match(await page.innerText('tbody tr'), /^web01\s+● \d+ ms$|^web01\s+\d+ ms$/)
  server.stop()
})

for (const [name, viewport] of Object.entries({ PHONE, DESK })) {
  for (const colorScheme of ['light', 'dark'] as const) {
    pages(
      `${name}, ${colorScheme}: all is seen without scrolling sideways`,
      async ({ browser, home }) => {
        const file = home.writeFile('page.html', makeStatusPage(STATUS))
        const { page, asked } = await open(browser, file, { ...viewport, colorScheme })
        const width = await page.evaluate('document.documentElement.scrollWidth')
        assert.is(width, viewport.viewport.width)
        for (const { machine } of STATUS.machines) {
          assert.ok(await page.getByText(machine, { exact: true }).isVisible(), machine)
        }
        const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor')
        assert.is(paper, colorScheme === 'dark' ? 'rgb(22, 24, 26)' : 'rgb(251, 251, 249)')
        assert.equal(asked, [pathToFileURL(file).href], 'it asks for nothing else')
      },
    )
  }
}

pages('on a phone a machine is a card with its reasons', async ({ browser, home }) => {
  const file = home.writeFile('page.html', makeStatusPage(STATUS))
  const { page } = await open(browser, file, PHONE)
  const card = await page.innerText('tbody tr:nth-child(3)')
  assert.match(card, /old\s+refused\s+dial 192\.0\.2\.9:22: connection refused/)
  assert.not.ok(await page.isVisible('thead'))
})

pages('what others have written is text, and nothing runs', async ({ browser, home }) => {
  const [first, ...others] = STATUS.machines
  const reason = { ...first?.routes[1], reason: HOSTILE }
  const hostile = { ...first, machine: HOSTILE, routes: [first?.routes[0], reason] }
  const status = { ...STATUS, machines: [hostile, ...others] } as StatusDocument
  const file = home.writeFile('page.html', makeStatusPage(status))
  const { page, asked } = await open(browser, file, PHONE)
  assert.is(await page.title(), 'byway: 1 of 3 machines answer')
  assert.is(await page.locator('script, img, link[href^=http]').count(), 0)
  assert.ok((await page.innerText('tbody tr:nth-child(1)')).startsWith(HOSTILE))
  assert.is(asked.length, 1)
})

pages.run()

/** Opens a file; `asked` is all that the page asks for. */
async function open(
  browser: Browser,
  file: string,
  options: BrowserContextOptions,
): Promise<{ page: Page; asked: readonly string[] }> {
  const page = await browser.newPage(options)
  page.setDefaultTimeout(PATIENCE)
  const asked: string[] = []
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) asked.push(request.url())
  })
  await page.goto(pathToFileURL(file).href, { waitUntil: 'networkidle' })
  return { page, asked }
}
