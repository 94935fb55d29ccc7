import { inflateSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import { emulated, shownText } from './clock.js'
import { readPng } from './read-png.js'

// The tests decode with this package, which users of the emulator do not have to install.
const mocked = vi.hoisted(() => ({ isMissing: false }))
vi.mock('fast-png', async (importOriginal) => {
  if (mocked.isMissing) throw new Error('Cannot find package')
  return importOriginal()
})

describe('qrImage()', () => {
  it("is a PNG of the text, of GREEN-API's size, with four modules around it", async () => {
    const { emulator } = emulated()
    emulator.start()
    const png = await qrImage(shownText(emulator))
    // 61 modules and 2 × 4 of quiet zone, four pixels each.
    expect(readPng(png)).toEqual({ text: shownText(emulator), size: 276, edge: 16 })
  })

  // The shortest code, widths that end within a byte, and the longest code there is.
  it.each([1, 2, 17, 100, 237, 700, 1_500, 2_953])('holds a text of %i characters', async (length) => {
    const text = 'aB3/'.repeat(length).slice(0, length)
    const png = await qrImage(text)
    expect(readPng(png).text).toBe(text)
    expect(png.length).toBeLessThan(40_000)
  })

  it('qrImage() writes zlib data with one row of bits for each row of pixels', async () => {
    const png = Buffer.from(await qrImage('text'))
    const size = png.readUInt32BE(16)
    const data = png.subarray(png.indexOf('IDAT') + 4, png.indexOf('IEND') - 8)
    expect(inflateSync(data).length).toBe(size * (1 + Math.ceil(size / 8)))
  })

  it('qrImage() needs no package except "qr"', async () => {
    mocked.isMissing = true
    vi.resetModules()
    const fresh = await import('../../src/testing/qr-image.js')
    expect((await fresh.qrImage('text')).subarray(1, 4)).toEqual(new TextEncoder().encode('PNG'))
  })
})
