import { inflateSync } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import { readPng } from './read-png.js'
import { seededEmulator, shownText } from './seeded-emulator.js'

// The tests decode with this package, but users of the emulator do not have to install it.
const mocked = vi.hoisted(() => ({ isMissing: false }))
vi.mock('fast-png', async (importOriginal) => {
  if (mocked.isMissing) throw new Error('Cannot find package')
  return importOriginal()
})

describe('qrImage()', () => {
  it("returns a PNG of the text, in GREEN-API's size, with a margin of four modules", async () => {
    const emulator = seededEmulator()
    emulator.start()
    const png = await qrImage(shownText(emulator))
    // 61 modules and twice 4 modules of margin, with four pixels each.
    expect(readPng(png)).toEqual({ text: shownText(emulator), size: 276, edge: 16 })
  })

  // The shortest code, widths that end within a byte, and the longest possible code.
  it.each([1, 2, 17, 100, 237, 700, 1_500, 2_953])('encodes a text of %i characters', async (length) => {
    const text = 'aB3/'.repeat(length).slice(0, length)
    const png = await qrImage(text)
    expect(readPng(png).text).toBe(text)
    expect(png.length).toBeLessThan(40_000)
  })

  it('qrImage() writes zlib data with one row of bits per row of pixels', async () => {
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
