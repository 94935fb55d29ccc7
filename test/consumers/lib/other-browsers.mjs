// @ts-check
import assert from 'node:assert/strict'
import { firefoxPath, webKitDriverPath } from '../../other-browsers.mjs'

/** @import { Consumer } from './consumer.mjs' */

/** The limit is not about speed, because the machine may run a second consumer. */
const TIMEOUT_MS = 60_000

/** The interval between two checks of the page. */
const LOOK_MS = 200

/**
 * The browser functions that a walk needs. Playwright drives only its own builds of Firefox and WebKit.
 * Debian's builds therefore use other libraries.
 *
 * @typedef {object} Driver
 * @property {(url: string) => Promise<unknown>} open
 * @property {(x: number, y: number) => Promise<unknown>} press Presses at a point of the window, on any element there.
 * @property {(text: string) => Promise<unknown>} type
 * @property {(expression: string) => Promise<unknown>} evaluate
 * @property {readonly string[]} errors Errors of the page.
 * @property {() => Promise<unknown>} close
 */

/** @returns {Promise<Driver>} */
async function firefox() {
  const { launch } = await import('puppeteer-core')
  const executablePath = firefoxPath() ?? ''
  const browser = await launch({ browser: 'firefox', executablePath })
  const page = await browser.newPage()
  /** @type {string[]} */
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  return {
    open: (url) => page.goto(url),
    press: (x, y) => page.mouse.click(x, y),
    type: (text) => page.keyboard.type(text),
    evaluate: (expression) => page.evaluate(expression),
    errors,
    close: () => browser.close(),
  }
}

/**
 * @param {Consumer} consumer
 * @returns {Promise<Driver>}
 */
async function webKit(consumer) {
  const { Builder, Capabilities, Origin } = await import('selenium-webdriver')
  const port = await consumer.freePort()
  const url = `http://127.0.0.1:${port}`
  // WebKitGTK has no headless mode.
  const server = await consumer.start('xvfb-run', ['-a', webKitDriverPath() ?? '', `--port=${port}`], { url })
  const capabilities = new Capabilities({ browserName: 'MiniBrowser' })
  const browser = await new Builder().usingServer(url).withCapabilities(capabilities).build()
  return {
    open: (page) => browser.get(page),
    press: (x, y) =>
      browser
        .actions()
        .move({ x: Math.round(x), y: Math.round(y), origin: Origin.VIEWPORT })
        .press()
        .release()
        .perform(),
    type: (text) => browser.actions().sendKeys(text).perform(),
    evaluate: (expression) => browser.executeScript(`return ${expression}`),
    // WebDriver does not report page errors.
    errors: [],
    close: async () => {
      await browser.quit()
      await server.stop()
    },
  }
}

/**
 * In Firefox and in WebKit, a mouse reaches each control, keys reach the fields, and the phone links by its
 * pairing code. The consumer has already built the page, and it runs `server.mjs`.
 *
 * @param {Consumer} consumer
 */
export async function checkOtherBrowsers(consumer) {
  for (const [name, start] of /** @type {const} */ ([
    ['Firefox', firefox],
    ['WebKit', webKit],
  ])) {
    await consumer.check(`in ${name}, a mouse and keys can link the phone by its pairing code`, async () => {
      const port = await consumer.freePort()
      const url = `http://localhost:${port}`
      // The simulated phone does not scan the QR code, so that there is time for the phone number.
      const env = { PORT: String(port), SCAN_AFTER_MS: '600000' }
      const server = await consumer.start('node', ['server.mjs'], { url, env })
      const driver = await start(consumer)
      try {
        await linkByCode(driver, url)
        assert.deepEqual(driver.errors, [])
      } finally {
        await driver.close()
        await server.stop()
      }
    })
  }
}

/**
 * @param {Driver} driver
 * @param {string} url
 */
async function linkByCode(driver, url) {
  await driver.open(url)
  await until(driver, 'the QR code', `document.querySelector('[data-status="awaiting-scan"] svg') !== null`)
  await pressOn(driver, '[role="tab"]', 'Phone number')
  await pressOn(driver, '[role="combobox"]')
  await place(driver, '[role="option"]')
  await driver.type('Brazil')
  await pressOn(driver, '[role="option"]', 'Brazil')
  await pressOn(driver, 'input[type="tel"]')
  await driver.type('11 98765-4321')
  await pressOn(driver, 'button', 'Get code')
  await until(
    driver,
    'the pairing code',
    `/^[A-Z0-9]{4}-[A-Z0-9]{4}$/.test(document.querySelector('[data-part="pairing-code"]')?.textContent ?? '')`,
  )
  await until(driver, 'the link', `document.querySelector('[data-status="linked"]') !== null`)
}

/**
 * @param {Driver} driver
 * @param {string} what
 * @param {string} condition
 */
async function until(driver, what, condition) {
  const endsAt = Date.now() + TIMEOUT_MS
  while (!(await driver.evaluate(condition))) {
    if (Date.now() > endsAt)
      throw new Error(`${what} did not appear: ${await driver.evaluate('document.body.innerText')}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/**
 * Waits until an element is on screen and nothing covers it.
 *
 * @param {Driver} driver
 * @param {string} selector
 * @param {string} [text] The element has this text or contains it.
 * @returns {Promise<{ readonly x: number, readonly y: number }>} its middle
 */
async function place(driver, selector, text = '') {
  const look = `(() => {
    const found = [...document.querySelectorAll(${JSON.stringify(selector)})].find(
      (one) => one.getClientRects().length > 0 && one.textContent.includes(${JSON.stringify(text)}),
    )
    found?.scrollIntoView({ block: 'nearest' })
    const { x, y, width, height } = found?.getBoundingClientRect() ?? { x: 0, y: 0, width: 0, height: 0 }
    const middle = { x: x + width / 2, y: y + height / 2 }
    return found?.contains(document.elementFromPoint(middle.x, middle.y)) ? JSON.stringify(middle) : ''
  })()`
  await until(driver, `${selector} ${text}`, `${look} !== ''`)
  return JSON.parse(String(await driver.evaluate(look)))
}

/**
 * @param {Driver} driver
 * @param {string} selector
 * @param {string} [text]
 */
async function pressOn(driver, selector, text) {
  const { x, y } = await place(driver, selector, text)
  await driver.press(x, y)
}
