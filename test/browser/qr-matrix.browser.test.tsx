import { QueryClient } from '@tanstack/react-query'
import { render, waitFor } from '@testing-library/react'
import decodeQr from 'qr/decode.js'
import { afterEach, describe, expect, it } from 'vitest'
import { cdp, page } from 'vitest/browser'
import '../../src/styles/styles.css'
import { normalizeQrPayload, type QrPayload, WhatsAppPairing } from '../../src/index.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import { pairingStates } from '../../src/testing.js'
import { scriptedProvider } from '../react/scripted-provider.js'
import { screenPixels } from './scan-screen.js'

const sent = pairingStates().qr['awaiting-scan'].qrCode.payload
const text = sent.kind === 'text' ? sent.value : ''

/** The conditions under which a user sees the code. */
interface Look {
  readonly theme?: 'light' | 'dark'
  readonly dir?: 'rtl'
  readonly forcedColors?: boolean
  /** The browser darkens pages that have only a light theme. */
  readonly isDarkened?: boolean
  /** Device pixels per CSS pixel. */
  readonly density?: 1 | 2
  readonly viewport?: readonly [width: number, height: number]
  /** The effect of the camera: a tilt and a blur. */
  readonly rotate?: string
  readonly blur?: string
}

const looks: readonly (readonly [string, Look])[] = [
  ['on a light page', {}],
  ['on a dense screen', { density: 2 }],
  ['on a dark page', { theme: 'dark' }],
  ['on a dark page and a dense screen', { theme: 'dark', density: 2 }],
  ['in forced colours', { forcedColors: true }],
  ['on a light page that the browser darkens', { isDarkened: true, theme: 'dark' }],
  ['in dark forced colours', { forcedColors: true, theme: 'dark', density: 2 }],
  ['from right to left', { dir: 'rtl' }],
  ['280 pixels wide', { viewport: [280, 800] }],
  ['280 pixels wide, dark, from right to left', { viewport: [280, 800], theme: 'dark', dir: 'rtl' }],
  // A window of 1280 × 1400 at 200 %.
  ['at 200 %', { viewport: [640, 700], density: 2 }],
  ['out of focus', { blur: '1px' }],
  ['280 pixels wide and out of focus', { viewport: [280, 800], blur: '0.8px' }],
  ['tilted', { rotate: '9deg' }],
  ['turned sideways', { rotate: '90deg', theme: 'dark' }],
  ['tilted and out of focus', { rotate: '-24deg', blur: '0.6px', density: 2, viewport: [600, 900] }],
]

/** A picture is decoded, and then drawn like its text. */
const sources: readonly (readonly [string, () => Promise<QrPayload>, typeof looks])[] = [
  ['text', async () => normalizeQrPayload(text), looks],
  ['image', async () => normalizeQrPayload(toBase64(await qrImage(text))), looks.slice(0, 4)],
]

async function apply({
  theme = 'light',
  forcedColors,
  isDarkened = false,
  density = 1,
  viewport = [800, 700],
}: Look) {
  const [width, height] = viewport
  // Sets the window around the page. A smaller window would scale the page down.
  await cdp().send('Emulation.setDeviceMetricsOverride', {
    width: 1_000,
    height: 1_000,
    deviceScaleFactor: density,
    mobile: false,
  })
  await cdp().send('Emulation.setEmulatedMedia', {
    features: [
      { name: 'forced-colors', value: forcedColors ? 'active' : 'none' },
      { name: 'prefers-color-scheme', value: theme },
    ],
  })
  await cdp().send('Emulation.setAutoDarkModeOverride', { enabled: isDarkened })
  await page.viewport(width, height)
}

afterEach(async () => {
  document.body.removeAttribute('style')
  await cdp().send('Emulation.clearDeviceMetricsOverride')
  await cdp().send('Emulation.setEmulatedMedia', { features: [] })
  await cdp().send('Emulation.setAutoDarkModeOverride', {})
})

/** Longer than any observed text of WhatsApp: 69 modules, 77 with the quiet zone. */
const longest = `https://wa.me/settings/linked_devices#2@${'x'.repeat(380 - 40)}`

it('a QR code of 280 pixels has three pixels per module for the longest text, and is readable', async () => {
  await apply({ viewport: [280, 800] })
  document.body.style.cssText = 'margin: 0; background: #ffffff'
  const provider = scriptedProvider(
    { getQrCode: () => ({ status: 'qr', qrCode: normalizeQrPayload(longest) }) },
    crypto.randomUUID(),
  )
  const { container } = render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
  const svg = await waitFor(() => {
    const found = container.querySelector<SVGSVGElement>('[data-part="qr-code"] svg')
    if (!found) throw new Error('The code is not on the page yet.')
    return found
  })
  expect(svg.viewBox.baseVal.width).toBe(77)
  expect(svg.getBoundingClientRect().width / 77).toBeGreaterThanOrEqual(3)
  expect(decodeQr(await screenPixels(), { timeLimit: 500 })).toBe(longest)
})

describe.each(sources)('a code that was sent as %s', (_, payload, looks) => {
  it.each(looks)('is readable %s', async (_, look) => {
    await apply(look)
    const { theme = 'light', dir, rotate, blur } = look
    document.body.style.cssText = `margin: 0; background: ${theme === 'dark' ? '#0b141a' : '#ffffff'}`
    const qrCode = await payload()
    const { container } = render(
      <WhatsAppPairing
        provider={scriptedProvider({ getQrCode: () => ({ status: 'qr', qrCode }) }, crypto.randomUUID())}
        queryClient={new QueryClient()}
        theme={look.isDarkened ? 'light' : 'auto'}
        dir={dir}
      />,
    )
    await waitFor(() => expect(container.querySelector('[data-part="qr-code"] svg')).not.toBeNull(), {
      timeout: 5_000,
    })
    if (rotate) container.style.rotate = rotate
    if (blur) container.style.filter = `blur(${blur})`
    const pixels = await screenPixels()
    expect(pixels.width).toBe((look.viewport?.[0] ?? 800) * (look.density ?? 1))
    expect(matchMedia('(forced-colors: active)').matches).toBe(look.forcedColors === true)
    expect(decodeQr(pixels, { timeLimit: 500 })).toBe(text)
  })
})
