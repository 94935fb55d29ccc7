import { QueryClient } from '@tanstack/react-query'
import { render, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import {
  normalizeQrPayload,
  type QrPayload,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { QrSvg } from '../../src/react/parts/qr-svg.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import { pretendPhone } from '../../stories/own-phone.js'
import { scriptedProvider, timing } from '../react/scripted-provider.js'
import { scanScreen } from './scan-screen.js'

afterEach(() => void vi.unstubAllGlobals())

const LINK = 'https://wa.me/settings/linked_devices#2@reference,noise,identity,adv,1'

const pictureOf = async (text: string) => normalizeQrPayload(toBase64(await qrImage(text)))

function show(qrCode: QrPayload, props: Partial<WhatsAppPairingProps> = {}) {
  const provider = scriptedProvider({ getQrCode: () => ({ status: 'qr', qrCode }) }, crypto.randomUUID())
  const hurried = { ...provider, timing: { ...timing, qrIntervalMs: 500, qrMinIntervalMs: 250 } }
  render(<WhatsAppPairing provider={hurried} queryClient={new QueryClient()} {...props} />)
  return provider
}

const find = (selector: string) => document.querySelector(`[data-part="qr-code"] ${selector}`)
const shown = (selector: string) => waitFor(() => expect(find(selector)).not.toBeNull(), { timeout: 5_000 })

/** Counts the reads of pictures. Each read returns the browser's result, or the result that the test sets. */
function watchCanvas(getContext?: () => never) {
  const looks = { count: 0 }
  const Original = OffscreenCanvas
  vi.stubGlobal(
    'OffscreenCanvas',
    class extends Original {
      constructor(width: number, height: number) {
        super(width, height)
        looks.count += 1
        if (getContext) Object.assign(this, { getContext })
      }
    },
  )
  return looks
}

async function staysPicture(): Promise<void> {
  // Waits two frames, so that the browser has drawn any change.
  for (const _ of [1, 2]) await new Promise((resolve) => requestAnimationFrame(resolve))
  expect(find('svg')).toBeNull()
  expect(find('img')).not.toBeNull()
}

describe('a picture of WhatsApp’s text', () => {
  it('is shown immediately, and then redrawn as the same code', async () => {
    show(await pictureOf(LINK))
    await shown('img')
    await shown('svg')
    const drawing = find('path:last-of-type')?.getAttribute('d')
    const { container } = render(<QrSvg text={LINK} label="" />)
    expect(container.querySelector('path:last-of-type')?.getAttribute('d')).toBe(drawing)
  })

  it('keeps its box', async () => {
    show(await pictureOf(LINK))
    await shown('img')
    const before = find('img')?.getBoundingClientRect()
    await shown('svg')
    expect(find('svg')?.getBoundingClientRect()).toEqual(before)
  })

  it('is decoded even without a margin, on a transparent background or at one pixel per module', async () => {
    const { encodeQR } = await import('qr')
    const withBorder = encodeQR(LINK, 'raw', { ecc: 'low', border: 1 })
    const modules = withBorder.slice(1, -1).map((row) => row.slice(1, -1))
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = modules.length
    const context = canvas.getContext('2d')
    modules.forEach((row, y) => {
      row.forEach((isDark, x) => {
        if (isDark) context?.fillRect(x, y, 1, 1)
      })
    })
    show(normalizeQrPayload(canvas.toDataURL()))
    await shown('svg')
    expect(await scanScreen()).toBe(LINK)
  })

  it('stays a picture if the browser does not give access to pixels', async () => {
    const looks = watchCanvas(() => {
      throw new DOMException('', 'SecurityError')
    })
    show(await pictureOf(LINK))
    await waitFor(() => expect(looks.count).toBeGreaterThan(0), { timeout: 5_000 })
    await staysPicture()
    vi.unstubAllGlobals()
    expect(await scanScreen()).toBe(LINK)
  })
})

describe('a picture on the phone to be linked', () => {
  it('becomes the link that opens WhatsApp after it is decoded', async () => {
    const endPhone = pretendPhone()
    show(await pictureOf(LINK), { defaultMethod: 'qr' })
    await waitFor(() => expect(document.querySelector('a')?.getAttribute('href')).toBe(LINK))
    expect(find('svg')).not.toBeNull()
    endPhone()
  })
})

describe('a picture of another kind', () => {
  it.each([
    ['another text', () => pictureOf('https://evil.example/#2@reference,noise,identity,adv,1')],
    [
      'nothing',
      async () => normalizeQrPayload('data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
  ] as const)('stays unchanged if it contains %s', async (_, picture) => {
    const looks = watchCanvas()
    show(await picture())
    await waitFor(() => expect(looks.count).toBeGreaterThan(0), { timeout: 5_000 })
    await staysPicture()
  })

  it('is not decoded if it is too large', async () => {
    const looks = watchCanvas()
    show(
      normalizeQrPayload(
        'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="9000"/>',
      ),
    )
    await shown('img')
    await import('../../src/react/decode-qr-image.js')
    await staysPicture()
    expect(looks.count).toBe(0)
  })

  it('is requested again if it is broken, and the session fails in the end', async () => {
    const provider = show(normalizeQrPayload('data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=='))
    await waitFor(() => expect(document.querySelector('[data-status="failed"]')).not.toBeNull(), {
      timeout: 12_000,
    })
    expect(document.querySelector('[data-part="error-code"]')?.getAttribute('data-code')).toBe(
      'invalid-answer',
    )
    expect(provider.calls.filter((call) => call === 'getQrCode')).toHaveLength(3)
  })
})

describe('the enlarged code of a picture', () => {
  it('fills the screen, can be scanned, and closes with Escape', async () => {
    await page.viewport(1000, 800)
    document.body.style.cssText = 'margin: 0; background: #0b141a'
    show(await pictureOf(LINK), { theme: 'dark' })
    await shown('svg')
    const button = await waitFor(() => {
      const found = document.querySelector<HTMLElement>('[data-part="enlarge-button"]')
      expect(found).not.toBeNull()
      return found
    })
    await userEvent.click(button ?? document.body)
    const dialog = document.querySelector('dialog')
    await waitFor(() => expect(dialog?.querySelector('svg')).not.toBeNull())
    expect(dialog?.getBoundingClientRect()).toMatchObject({
      x: 0,
      y: 0,
      width: innerWidth,
      height: innerHeight,
    })
    expect(await scanScreen()).toBe(LINK)
    await userEvent.keyboard('{Escape}')
    await waitFor(() => expect(document.querySelector('dialog')).toBeNull())
    expect(document.activeElement).toBe(button)
    document.body.removeAttribute('style')
  })
})
