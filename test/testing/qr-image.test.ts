import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingError } from '../../src/core/errors.js'
import { qrImage } from '../../src/testing/qr-image.js'
import { emulated, shownText } from './clock.js'
import { readPng } from './read-png.js'

afterEach(() => {
  vi.doUnmock('fast-png')
  vi.resetModules()
})

describe('QR image', () => {
  it("is a PNG of the text, of GREEN-API's size, with four modules around it", async () => {
    const { emulator } = emulated()
    emulator.start()
    const png = await qrImage(shownText(emulator))
    // 61 modules and 2 × 4 of quiet zone, four pixels each.
    expect(readPng(png)).toEqual({ text: shownText(emulator), size: 276, edge: 16 })
  })

  it('names the package to install where fast-png is missing', async () => {
    vi.doMock('fast-png', () => {
      throw new Error('Cannot find package')
    })
    vi.resetModules()
    const fresh = await import('../../src/testing/qr-image.js')
    const error: unknown = await fresh.qrImage('text').catch((reason: unknown) => reason)
    expect(PairingError.isInstance(error) && error.code).toBe('not-supported')
    expect(error).toMatchObject({ message: expect.stringContaining('npm install --save-dev fast-png') })
  })
})
