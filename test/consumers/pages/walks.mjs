// @ts-check
import assert from 'node:assert/strict'
import path from 'node:path'
import { decode } from 'fast-png'
import decodeQr from 'qr/decode.js'
import { en } from 'whatsapp-pairing/locales/en'
import { ptBR } from 'whatsapp-pairing/locales/pt-BR'
import { zApi } from 'whatsapp-pairing/providers/z-api'
import { createPairingHandler } from 'whatsapp-pairing/server'
import { createEmulator, mockZApi, routePairing } from 'whatsapp-pairing/testing'
import { press } from './press.mjs'

/**
 * @import { BrowserContextOptions, Locator, Page } from 'playwright'
 * @import { Emulator } from 'whatsapp-pairing/testing'
 * @import { Consumer } from '../lib/consumer.mjs'
 *
 * @typedef {object} Walk
 * @property {Page} page
 * @property {Emulator} phone The account that is linked.
 * @property {(name: string, within?: string) => Locator} part
 * @property {(status: string) => Promise<void>} arrive
 * @property {(step: string) => Promise<void>} look Checks that nothing is wider than the window.
 */

const instance = { instanceId: '3C0FFEE0WALK', token: 'token', clientToken: 'client-token' }

/** The lifetime of a pairing code: long enough to use the code, short enough to wait for its expiry. */
const CODE_MS = 15_000

/** The user agent of Instagram's browser on Android. */
const IN_APP =
  'Mozilla/5.0 (Linux; Android 14; SM-A155M Build/UP1A.231005.007; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 ' +
  'Chrome/131.0.6778.135 Mobile Safari/537.36 Instagram 361.0.0.46.88 Android (34/14; 450dpi; 1080x2340; samsung; SM-A155M; a15; mt6789; pt_BR)'

/**
 * Complete walks through the screen as a user takes them. If `WALK_PICTURES` names a folder, each step saves
 * a picture there.
 *
 * @param {Consumer} consumer
 * @param {string} url
 */
export function walkChecks(consumer, url) {
  /**
   * @param {string} name
   * @param {string} title
   * @param {BrowserContextOptions} context
   * @param {(walk: Walk) => Promise<void>} run
   */
  const walk = (name, title, context, run) => () =>
    consumer.checkPage(title, { url: 'about:blank', context }, async (page) => {
      const phone = createEmulator({ linkingMs: 500, codeMs: 60_000, pairingCodeMs: CODE_MS })
      const adapter = zApi({ ...instance, fetch: mockZApi(phone, instance).fetch })
      const quick = { qrIntervalMs: 500, qrMinIntervalMs: 250, statusIntervalMs: 500 }
      const timing = { ...adapter.timing, ...quick, qrLifetimeMs: 60_000, pairingCodeLifetimeMs: CODE_MS }
      const handler = createPairingHandler({
        provider: { ...adapter, sessionId: name, timing },
        authorize: () => true,
        liveEvents: false,
      })
      await routePairing(page, handler)
      let step = 0
      await run({
        page,
        phone,
        part: (part, within = '') => page.locator(`${within} [data-part="${part}"]`),
        arrive: (status) => page.locator(`[data-status="${status}"]`).first().waitFor(),
        async look(seen) {
          const wider = await page.evaluate(() => {
            const box = document.querySelector('dialog:modal') ?? document.documentElement
            return box.scrollWidth - box.clientWidth
          })
          step += 1
          const folder = process.env.WALK_PICTURES
          const file = `${name}-${String(step).padStart(2, '0')}-${seen}.png`
          if (folder) await page.screenshot({ path: path.join(folder, file) })
          assert.ok(wider <= 0, `${seen}: ${wider} px wider than the window`)
        },
      }).finally(() => handler.close())
    })
  return [
    walk(
      'shop',
      'a shop owner can link his own phone by finger in the browser of another app',
      {
        viewport: { width: 360, height: 640 },
        screen: { width: 360, height: 640 },
        deviceScaleFactor: 3,
        isMobile: true,
        hasTouch: true,
        locale: 'pt-BR',
        userAgent: IN_APP,
      },
      (walk) => linkOwnPhone(walk, `${url}?page=walk&locale=pt-BR`),
    ),
    walk(
      'zoom',
      'a user at 400 % zoom can read, scan, type and fix an error by keyboard',
      { viewport: { width: 320, height: 256 }, screen: { width: 1280, height: 1024 }, deviceScaleFactor: 4 },
      (walk) => linkAtFourfoldZoom(walk, `${url}?page=walk`),
    ),
  ]
}

/**
 * @param {Walk} walk
 * @param {string} url
 */
async function linkOwnPhone({ page, phone, part, arrive, look }, url) {
  const { messages } = ptBR
  const code = async () => (await part('pairing-code').textContent()) ?? ''
  const isOnScreen = async (/** @type {Locator} */ locator) => {
    const box = await locator.boundingBox()
    assert.ok(box && box.y >= 0 && box.y + box.height <= 640, `${locator} is not on the screen`)
  }
  // Neither way of copying works in an in-app browser.
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })
    document.execCommand = () => false
  })
  await page.context().route('https://wa.me/**', (route) => route.fulfill({ body: 'WhatsApp' }))
  await page.goto(url)

  await arrive('awaiting-number')
  await press(page, page.getByRole('tab', { name: messages.methodQr }))
  await arrive('awaiting-scan')
  await look('a-code-that-this-phone-cannot-scan')
  await press(page, page.getByRole('tab', { name: messages.methodPhoneCode }))
  await look('number')

  await press(page, part('country-input'))
  await page.keyboard.type('bra')
  await look('countries')
  await press(page, part('country-option').filter({ hasText: 'Brasil' }))
  await press(page, part('phone-input'))
  await page.keyboard.type('98765-4321')
  await press(page, part('submit-button'))
  await page.getByText(messages.phoneNoAreaCode).waitFor()
  await look('area-code-missing')

  await press(page, part('phone-input'))
  await page.keyboard.press('Home')
  await page.keyboard.type('11')
  await press(page, part('submit-button'))
  await arrive('awaiting-code')
  const first = await code()
  assert.match(first, /^[A-Z0-9]{4}-[A-Z0-9]{4}$/)
  await isOnScreen(part('pairing-code'))
  await look('code')

  await press(page, part('copy-button'))
  await look('copy-refused')
  assert.equal(await part('copy-button').innerText(), messages.copyByHand)
  assert.equal(await page.evaluate(() => String(getSelection()).trim()), first)

  const [whatsapp] = await Promise.all([
    page.context().waitForEvent('page'),
    press(page, part('open-in-whatsapp')),
  ])
  assert.equal(whatsapp.url(), 'https://wa.me/settings/linked_devices')
  const browser = await page.context().newCDPSession(page)
  await browser.send('Page.setWebLifecycleState', { state: 'frozen' })
  await whatsapp.waitForTimeout(1_000)
  await whatsapp.close()
  await browser.send('Page.setWebLifecycleState', { state: 'active' })
  await page.bringToFront()
  assert.equal(await code(), first)
  await look('back-from-whatsapp')

  await page.reload()
  await arrive('awaiting-code')
  assert.equal(await code(), first)
  assert.match((await part('code-recipient').textContent()) ?? '', /\+55 11 98765 4321/)
  await look('reloaded')

  await arrive('expired')
  await look('expired')
  await press(page, part('retry-button'))
  await arrive('awaiting-code')
  const second = await code()
  assert.notEqual(second, first)
  assert.deepEqual(phone.typeCode(first), { ok: false, reason: 'wrong-code' })
  await look('another-code')

  phone.typeCode(second)
  await arrive('linked')
  await page.getByRole('heading', { name: messages.titleLinked }).waitFor()
  await look('linked')
  await press(page, part('done-button'))
  await page.getByRole('heading', { name: 'The host’s next page' }).waitFor()
  await look('done')
}

/**
 * @param {Walk} walk
 * @param {string} url
 */
async function linkAtFourfoldZoom({ page, phone, part, arrive, look }, url) {
  const { messages } = en
  const read = async (/** @type {string} */ seen) => {
    await part('qr-code')
      .last()
      .evaluate((code) => code.firstElementChild?.scrollIntoView({ block: 'end' }))
    await look(seen)
    const { width, height, data } = decode(await page.screenshot({ animations: 'disabled' }))
    return decodeQr({ width, height, data: Uint8Array.from(data) }, { timeLimit: 20_000 })
  }
  /** Presses Tab until the target has the focus, and checks that the focus is always visible. */
  const tabTo = async (/** @type {Locator} */ target) => {
    for (let stops = 0; stops < 25; stops += 1) {
      await page.keyboard.press('Tab')
      const hidden = await page.evaluate(hiddenFocus)
      if (hidden) await look('hidden-focus')
      assert.equal(hidden, undefined)
      if (await target.evaluate((element) => element === document.activeElement)) return
    }
    assert.fail(`Tab does not reach ${target}`)
  }
  await page.goto(url)
  await arrive('awaiting-scan')
  await part('qr-code').locator('svg').waitFor()
  await look('top')
  const { state } = phone
  assert.equal(await read('code-to-scan'), state.status === 'pairing' ? state.qrText : '')

  phone.fail('unauthorized')
  await arrive('failed')
  await tabTo(part('retry-button'))
  await look('error')
  phone.recover()
  await page.keyboard.press('Enter')
  await arrive('awaiting-scan')

  await tabTo(part('method-tab').first())
  await look('tabs')
  await page.keyboard.press('ArrowRight')
  await arrive('awaiting-number')
  await part('country-input').waitFor()
  await tabTo(part('country-input'))
  await page.keyboard.type('braz')
  await part('country-option').first().waitFor()
  await look('countries')
  await page.keyboard.press('Enter')
  await page.keyboard.type('119')
  await page.keyboard.press('Enter')
  await part('error').filter({ hasText: 'Brazil' }).waitFor()
  await look('number-too-short')
  await page.keyboard.type('87654321')
  await tabTo(part('submit-button'))
  await look('number')
  await page.keyboard.press('Enter')
  await arrive('awaiting-code')
  await tabTo(part('copy-button'))
  await look('pairing-code')

  await arrive('expired')
  await tabTo(part('retry-button'))
  await look('expired')
  await tabTo(part('method-tab').last())
  await page.keyboard.press('ArrowLeft')
  await arrive('awaiting-scan')
  await look('code-again')

  const dialog = page.getByRole('dialog')
  await press(page, page.getByRole('button', { name: 'Open the dialog' }))
  await dialog.locator('[data-part="qr-code"] svg').waitFor()
  await look('dialog')
  assert.equal(await dialog.evaluate(({ scrollTop }) => scrollTop), 0)
  assert.match(await read('dialog-code-to-scan'), /^https:\/\/wa\.me\//)
  await tabTo(part('trouble-summary', 'dialog'))
  await look('dialog-end')
  await page.keyboard.press('Shift+Tab')
  assert.equal(await page.evaluate(hiddenFocus), undefined)
  phone.scan()
  await page.locator('dialog [data-part="done-button"]').waitFor()
  await look('linked')
  await press(page, dialog.getByRole('button', { name: messages.close }))
  await dialog.waitFor({ state: 'detached' })
}

/** Runs in the page. Returns why the focus is not visible, if so. */
function hiddenFocus() {
  const focused = document.activeElement
  // The focus is between the last and the first element of the page.
  if (!focused || focused === document.body) return undefined
  const { left, top, right, bottom } = focused.getBoundingClientRect()
  const name = focused.getAttribute('data-part') ?? focused.localName
  const isInside = left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight
  if (!isInside) return `${name} is not in the window`
  const { outlineStyle, outlineWidth } = getComputedStyle(focused)
  if (focused.matches('[data-part]') && (outlineStyle === 'none' || Number.parseFloat(outlineWidth) < 2))
    return `${name} shows no focus`
  const inset = 2
  const corners = [
    [left + inset, top + inset],
    [right - inset, top + inset],
    [left + inset, bottom - inset],
    [right - inset, bottom - inset],
    [(left + right) / 2, (top + bottom) / 2],
  ]
  const covered = corners.filter(([x = 0, y = 0]) => {
    const found = document.elementFromPoint(x, y)
    return found && !focused.contains(found) && !found.contains(focused)
  })
  return covered.length > 0 ? `${name} lies under something` : undefined
}
