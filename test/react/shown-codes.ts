import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { normalizeQrPayload } from '../../src/index.js'
import { QrSvg } from '../../src/react/parts/qr-svg.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import type { Emulator } from '../../src/testing.js'

/** Compares the codes on screen with the codes that a phone could scan at that moment. */
export interface ShownCodes {
  /** Records the screen. Pass it to `advance`. */
  readonly sample: (now: number) => void
  /** The longest time that a code was on screen after its expiry. Rejects if a shown code never belonged to this account. */
  longestDeadMs(): Promise<number>
  /** The total time with a code on screen. */
  readonly shownMs: number
}

export function watchShownCodes(emulator: Emulator): ShownCodes {
  /** The expiry of each code, by its text. */
  const ends = new Map<string, number>()
  /** The shown pictures, each with the time of the next sample. */
  const shown: { readonly until: number; readonly picture: string }[] = []
  let last: { readonly at: number; readonly picture: string } | undefined
  let shownMs = 0
  let current: { readonly text: string; readonly expiresAt: number } | undefined
  return {
    sample(at) {
      const { state } = emulator
      const next = state.status === 'pairing' ? state : undefined
      if (current && next?.qrText !== current.text) ends.set(current.text, Math.min(current.expiresAt, at))
      current = next && { text: next.qrText, expiresAt: next.qrExpiresAt }
      if (current) ends.set(current.text, current.expiresAt)
      const picture = shownPicture()
      if (last) {
        shown.push({ until: at, picture: last.picture })
        shownMs += at - last.at
      }
      last = picture === undefined ? undefined : { at, picture }
    },
    async longestDeadMs() {
      const endOf = new Map<string, number>()
      for (const [text, end] of ends) for (const picture of await picturesOf(text)) endOf.set(picture, end)
      return Math.max(
        0,
        ...shown.map(({ until, picture }) => {
          const end = endOf.get(picture)
          if (end === undefined) throw new Error('The page shows a code that the account never issued.')
          return until - end
        }),
      )
    },
    get shownMs() {
      return shownMs
    },
  }
}

/** A text that identifies the picture on screen: its address, or its drawing. */
function shownPicture(): string | undefined {
  const box = document.querySelector('[data-part="qr-code"]')
  const drawing = [...(box?.querySelectorAll('path') ?? [])].at(-1)
  return (drawing?.getAttribute('d') ?? box?.querySelector('img')?.getAttribute('src')) || undefined
}

/** The possible pictures of a text: an image of the provider, or the component's drawing. */
async function picturesOf(text: string): Promise<readonly string[]> {
  const image = normalizeQrPayload(toBase64(await qrImage(text)))
  const markup = renderToStaticMarkup(createElement(QrSvg, { text, label: '' }))
  const drawing = [...markup.matchAll(/ d="([^"]+)"/g)].at(-1)?.[1]
  return [...(image.kind === 'image' ? [image.src] : []), ...(drawing ? [drawing] : [])]
}
