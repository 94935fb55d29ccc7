import { deflateSync } from 'node:zlib'
import { encodeQR } from 'qr'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { PairingSnapshot } from '../../src/core/provider.js'
import { createPictureReader } from '../../src/poller/picture-reader.js'
import { readPicture } from '../../src/server/read-picture.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import { readPng } from '../testing/read-png.js'
import { chunk, header, makePng, type PngOptions, SIGNATURE } from './make-png.js'
import { codesIn, createSetup, readTab, shownIn, updateOf } from './setup.js'

const TEXT = `2@${'aB3/'.repeat(50)},noise,identity,adv,1`

const srcOf = (bytes: Uint8Array): string => `data:image/png;base64,${toBase64(bytes)}`

type Modules = readonly (readonly boolean[])[]

const modulesOf = (text: string, ecc: 'low' | 'medium' | 'quartile' | 'high' = 'low'): Modules =>
  encodeQR(text, 'raw', { ecc, border: 1 })

interface Drawing {
  readonly scale?: number
  readonly margin?: number
  readonly ecc?: 'low' | 'medium' | 'quartile' | 'high'
  /** How many more rows than columns the picture has. */
  readonly extraRows?: number
}

/** Draws a code as a program does. */
function draw(
  options: PngOptions,
  { scale = 4, margin = 4, ecc = 'low', extraRows = 0 }: Drawing = {},
  text = TEXT,
): Buffer {
  const modules = modulesOf(text, ecc)
  const inner = modules.length - 2
  const side = Math.round(inner * scale) + 2 * margin
  const isDark = (x: number, y: number): boolean =>
    x >= margin &&
    y >= margin &&
    x < side - margin &&
    y < side - margin &&
    (modules[1 + Math.floor((y - margin) / scale)]?.[1 + Math.floor((x - margin) / scale)] ?? false)
  return makePng(side, side + extraRows, isDark, options)
}

/** For tests about the pixels and not the size. */
const SMALL: Drawing = { scale: 2 }

const GREY: PngOptions = { colorType: 0, depth: 8 }

const formats: readonly PngOptions[] = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ colorType: 0, depth })),
  ...[8, 16].flatMap((depth) => [2, 4, 6].map((colorType) => ({ colorType, depth }))),
  ...[1, 2, 4, 8].map((depth) => ({ colorType: 3, depth })),
]

beforeAll(async () => void (await readPicture(srcOf(draw(GREY)))))

describe('readPicture()', () => {
  it.each(formats)(
    'reads a PNG of colour type $colorType with $depth bits, interlaced or not, opaque or not',
    async (format) => {
      for (const isInterlaced of [false, true]) {
        for (const isTransparent of [false, true]) {
          const picture = draw({ ...format, isInterlaced, isTransparent, filter: 'mixed' }, SMALL)
          expect(await readPicture(srcOf(picture)), JSON.stringify({ isInterlaced, isTransparent })).toBe(
            TEXT,
          )
        }
      }
    },
  )

  it.each([0, 1, 2, 3, 4])(
    'reads a PNG with filter %i in each row, for each number of bytes in a pixel',
    async (filter) => {
      for (const format of formats.filter(({ colorType, depth }) => depth >= 8 && colorType !== 3))
        expect(await readPicture(srcOf(draw({ ...format, filter }, SMALL)))).toBe(TEXT)
    },
  )

  it.each<Drawing>([
    { scale: 1 },
    { scale: 2, margin: 0 },
    { scale: 3, margin: 12 },
    { scale: 4.33, margin: 7 },
    { scale: 5.9, margin: 1 },
    { scale: 10, margin: 40 },
    { ecc: 'medium' },
    { ecc: 'quartile', scale: 3 },
    { ecc: 'high', scale: 3.5 },
    { extraRows: 1 },
    { extraRows: 60 },
  ])('reads a PNG that is drawn with %j', async (drawing) => {
    expect(await readPicture(srcOf(draw({ colorType: 6, depth: 8 }, drawing)))).toBe(TEXT)
  })

  it('reads the codes that are drawn by the mock servers of all providers, with the same result as fast-png and a photo reader', async () => {
    for (const text of [
      TEXT,
      '2@a,b',
      'https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1',
      `2@${'x'.repeat(600)},b`,
    ]) {
      const bytes = await qrImage(text)
      expect(await readPicture(srcOf(bytes))).toBe(readPng(bytes).text)
      expect(readPng(bytes).text).toBe(text)
    }
  })

  it('works without node:zlib, as in an edge runtime', async () => {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined)
    expect(await readPicture(srcOf(draw({ colorType: 6, depth: 8, isInterlaced: true })))).toBe(TEXT)
    for (const [name] of crafted) expect(await readPicture(craftedSrc(name))).toBeUndefined()
  })
})

afterEach(() => void vi.restoreAllMocks())

/** Returns the parts of a code as PNG. */
function partsOf(): { readonly ihdr: Buffer; readonly idat: Buffer; readonly side: number } {
  const file = draw(GREY)
  const side = file.readUInt32BE(16)
  return { ihdr: file.subarray(8, 33), idat: file.subarray(33, -12), side }
}

const png = (...chunks: readonly Buffer[]): Buffer => Buffer.concat([SIGNATURE, ...chunks, chunk('IEND')])

const spoiled = (change: (file: Buffer) => void): Buffer => {
  const file = draw(GREY)
  change(file)
  return file
}

const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 2_654_435_761) >>> 24)

/** Returns the rows of a grey picture with one filter. */
const rowsOf = (width: number, height: number, filter: number, byte: (at: number) => number): Uint8Array =>
  Uint8Array.from({ length: (width + 1) * height }, (_, at) => (at % (width + 1) === 0 ? filter : byte(at)))

/** Draws the frame of a QR code, with finder patterns in place of its data. */
function manyFinders(count: number, scale: number): Buffer {
  const ring = (x: number, y: number) => Math.max(Math.abs(x - 3), Math.abs(y - 3))
  const finder = (x: number, y: number) => ring(x, y) < 4 && ring(x, y) !== 2
  const module = (x: number, y: number): boolean => {
    const [nearX, nearY] = [x < 8 ? x : x - (count - 7), y < 8 ? y : y - (count - 7)]
    if ((x < 8 || x > count - 9) && y < 8) return finder(nearX, y)
    if (x < 8 && y > count - 9) return finder(x, nearY)
    if (x === 6 || y === 6) return (x === 6 ? y : x) % 2 === 0
    return finder(x % 8, y % 8)
  }
  return makePng(
    count * scale,
    count * scale,
    (x, y) => module(Math.floor(x / scale), Math.floor(y / scale)),
    GREY,
  )
}

/** Files that are broken, or crafted to block the process. */
const crafted: readonly (readonly [string, () => Buffer])[] = [
  [
    'a header of 30,000 × 30,000 pixels',
    () => png(header(30_000, 30_000, 8, 6), chunk('IDAT', deflateSync(noise(1_000)))),
  ],
  [
    'a header of 4,294,967,295 × 1 pixels',
    () => png(header(0xffffffff, 1, 1, 0), chunk('IDAT', deflateSync(noise(9)))),
  ],
  ['a header of 0 × 0 pixels', () => png(header(0, 0, 8, 0), chunk('IDAT', deflateSync(new Uint8Array())))],
  [
    'a bomb: 200 MB in 200 kB',
    () => png(header(100, 100, 8, 0), chunk('IDAT', deflateSync(Buffer.alloc(200_000_000), { level: 9 }))),
  ],
  [
    'a bomb in a colour profile',
    () =>
      png(
        header(100, 100, 8, 0),
        chunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), deflateSync(Buffer.alloc(50_000_000))])),
        chunk('IDAT', deflateSync(noise(10_100))),
      ),
  ],
  [
    'one byte more than its header declares',
    () => png(partsOf().ihdr, chunk('IDAT', deflateSync(noise((partsOf().side + 1) * partsOf().side + 1)))),
  ],
  [
    'one byte less than its header declares',
    () => png(partsOf().ihdr, chunk('IDAT', deflateSync(noise((partsOf().side + 1) * partsOf().side - 1)))),
  ],
  [
    '20,000 empty parts and no end',
    () => Buffer.concat([SIGNATURE, partsOf().ihdr, ...Array.from({ length: 20_000 }, () => chunk('IDAT'))]),
  ],
  [
    'a readable code in rows of more than 1.5 million bytes',
    () => draw({ colorType: 6, depth: 16 }, { margin: 130 }),
  ],
  ['a length beyond its end', () => spoiled((file) => file.writeUInt32BE(0xfffffff0, 33))],
  ['a wrong checksum of its header', () => spoiled((file) => file.writeUInt8(0, 29))],
  [
    'a wrong checksum of its data',
    () => spoiled((file) => file.writeUInt8((file.at(-13) ?? 0) ^ 1, file.length - 13)),
  ],
  ['no end', () => draw(GREY).subarray(0, -12)],
  ['half of its data', () => draw(GREY).subarray(0, 900)],
  ['no header', () => png(partsOf().idat)],
  ['two headers', () => png(partsOf().ihdr, partsOf().ihdr, partsOf().idat)],
  ['no data', () => png(partsOf().ihdr)],
  ['data that is not zlib', () => png(partsOf().ihdr, chunk('IDAT', noise(5_000)))],
  [
    'an unknown filter',
    () => png(header(100, 100, 8, 0), chunk('IDAT', deflateSync(rowsOf(100, 100, 5, () => 0)))),
  ],
  ['3 bits', () => png(header(10, 10, 3, 0), chunk('IDAT', deflateSync(noise(50))))],
  ['colour type 5', () => png(header(10, 10, 8, 5), chunk('IDAT', deflateSync(noise(110))))],
  ['unknown interlacing', () => png(header(10, 10, 8, 0, 2), chunk('IDAT', deflateSync(noise(110))))],
  ['a part that must be understood', () => png(partsOf().ihdr, chunk('XXXX', noise(9)), partsOf().idat)],
  [
    'a palette that is missing',
    () => png(header(100, 100, 8, 3), chunk('IDAT', deflateSync(rowsOf(100, 100, 0, (at) => at & 255)))),
  ],
  [
    'the deepest filter over a million pixels of noise',
    () =>
      png(
        header(999, 999, 8, 0),
        chunk(
          'IDAT',
          deflateSync(
            rowsOf(999, 999, 4, (at) => (at * 2_654_435_761) >>> 24),
            { level: 1 },
          ),
        ),
      ),
  ],
  [
    'the deepest filter over 1.5 million bytes',
    () => png(header(610, 610, 8, 6), chunk('IDAT', deflateSync(rowsOf(2_440, 610, 4, (at) => at & 63)))),
  ],
  [
    'finder patterns of one pixel each',
    () =>
      makePng(
        999,
        999,
        (x, y) => Math.max(Math.abs((x % 8) - 3), Math.abs((y % 8) - 3)) !== 2 && x % 8 < 7 && y % 8 < 7,
        GREY,
      ),
  ],
  ['the frame of a code, full of finder patterns', () => manyFinders(97, 10)],
  ['a chessboard', () => makePng(999, 999, (x, y) => (x + y) % 2 === 0, GREY)],
  ['all black', () => makePng(999, 999, () => true, GREY)],
  ['all white', () => makePng(999, 999, () => false, GREY)],
  ['one pixel', () => makePng(1, 1, () => true, GREY)],
  ['nothing but its signature', () => SIGNATURE],
]

const madeSrcs = new Map<string, string>()

/** Creates each file once for both tests, because some take longer to create than to read. */
function craftedSrc(name: string): string {
  const src = madeSrcs.get(name) ?? srcOf(new Map(crafted).get(name)?.() ?? SIGNATURE)
  madeSrcs.set(name, src)
  return src
}

/** Processor time on a busy machine; 5 to 10 ms on an idle one. Without the reader's limits some files take seconds. */
const LIMIT_MS = 40

describe('readPicture() and a file that it cannot read', () => {
  it.each(crafted)('does not read a PNG with %s, and does not block the process', async (name) => {
    const src = craftedSrc(name)
    let least = Number.POSITIVE_INFINITY
    for (let run = 0; run < 5 && least >= LIMIT_MS; run += 1) {
      const { user, system } = process.cpuUsage()
      expect(await readPicture(src)).toBeUndefined()
      const used = process.cpuUsage({ user, system })
      least = Math.min(least, (used.user + used.system) / 1_000)
    }
    expect(least).toBeLessThan(LIMIT_MS)
  })

  it.each([
    ['a text that is not a payload of WhatsApp', () => srcOf(draw(GREY, {}, 'https://evil.example/'))],
    ['a JPEG', () => `data:image/jpeg;base64,${toBase64(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]))}`],
    ['a JPEG with the content type of a PNG', () => srcOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]))],
    ['an SVG', () => `data:image/svg+xml;base64,${btoa('<svg/>')}`],
    ['invalid base64', () => 'data:image/png;base64,%%%'],
    ['a file of 700 kB', () => srcOf(makePng(999, 999, () => true, GREY)).padEnd(700_000, 'A')],
    ['a URL', () => 'https://api.example/qr.png'],
    ['nothing', () => ''],
  ])('does not read %s', async (_, src) => {
    expect(await readPicture(src())).toBeUndefined()
  })
})

describe('a handler with a picture of a provider', () => {
  const qr = (src: string): PairingSnapshot => ({ status: 'qr', qrCode: { kind: 'image', src } })

  it('sends the text of a picture, a tenth of its size or less', async () => {
    const src = srcOf(draw({ colorType: 6, depth: 8 }))
    const setup = createSetup({ getQrCode: async () => qr(src) })
    const update = await updateOf(setup.get('?want=code'))
    expect(update.qrCode).toEqual({ kind: 'text', value: TEXT })
    expect(src.length).toBeGreaterThan(10 * TEXT.length)
  })

  it('sends a picture unchanged if it cannot be read', async () => {
    const src = srcOf(draw(GREY, {}, 'no payload'))
    const setup = createSetup({ getQrCode: async () => qr(src) })
    expect((await updateOf(setup.get('?want=code'))).qrCode).toEqual({ kind: 'image', src })
  })

  it('sends the text of a picture that the provider pushed, in the order of arrival', async () => {
    let push: (snapshot: PairingSnapshot) => void = () => {}
    const setup = createSetup({
      getQrCode: async () => ({ status: 'unlinked' }),
      subscribe(listener) {
        push = listener
        return () => {}
      },
    })
    const tab = readTab(await setup.get('?events&method=qr'))
    await vi.waitFor(() => expect(shownIn(tab)).not.toEqual([]))
    push(qr(srcOf(draw({ colorType: 2, depth: 16, isInterlaced: true }))))
    push({ status: 'linking' })
    await vi.waitFor(() => expect(shownIn(tab).at(-1)).toBe('linking'))
    expect(codesIn(tab)).toEqual([TEXT])
    tab.leave()
  })

  it('sends the text of a picture that a webhook delivered', async () => {
    const src = srcOf(draw({ colorType: 3, depth: 1 }))
    const secret = 'd75b3a66374942c5b3c019c698abc2067e15'
    const setup = createSetup(
      {
        getQrCode: async () => ({ status: 'unlinked' }),
        readWebhook: () => qr(src),
        webhookSentAt: () => Date.now(),
      },
      { webhookSecret: secret },
    )
    await setup.webhook({}, { headers: { authorization: `Bearer ${secret}` } })
    await vi.waitFor(async () =>
      expect((await updateOf(setup.get('?want=code'))).qrCode).toEqual({ kind: 'text', value: TEXT }),
    )
  })
})

describe('createPictureReader()', () => {
  const picture = (src: string): PairingSnapshot => ({ status: 'qr', qrCode: { kind: 'image', src } })

  it('reads each picture once, and keeps the order of arrival', async () => {
    const read: string[] = []
    const reader = createPictureReader(() => async (src) => {
      read.push(src)
      await undefined
      return src === 'a' ? TEXT : undefined
    })
    const taken: unknown[] = []
    const take = (snapshot: PairingSnapshot): void => {
      taken.push(snapshot.status === 'qr' ? Object.values(snapshot.qrCode).at(-1) : snapshot.status)
    }
    const reads = [picture('a'), { status: 'unlinked' } as const, picture('a'), picture('b'), picture('b')]
    await Promise.all(reads.map((snapshot) => reader.read(snapshot, take)))
    expect(taken).toEqual([TEXT, 'unlinked', TEXT, 'b', 'b'])
    expect(read).toEqual(['a', 'b'])
    reader.read(picture('b'), take)
    expect(taken).toHaveLength(6)
    expect(read).toHaveLength(2)
  })

  const readers: readonly (readonly [string, Parameters<typeof createPictureReader>[0]])[] = [
    ['rejects', () => () => Promise.reject(new Error('no module'))],
    ['is missing', () => undefined],
  ]

  it.each(readers)('returns a picture unchanged if the reader %s', async (_, readText) => {
    const taken: PairingSnapshot[] = []
    await createPictureReader(readText).read(picture('a'), (snapshot) => taken.push(snapshot))
    expect(taken).toEqual([picture('a')])
  })
})
