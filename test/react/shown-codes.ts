import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { normalizeQrPayload } from '../../src/index.js'
import { QrSvg } from '../../src/react/parts/qr-svg.js'
import { qrImage, toBase64 } from '../../src/testing/qr-image.js'
import type { Emulator } from '../../src/testing.js'

/** What was on screen, beside what could be scanned at that moment. */
export interface ShownCodes {
  /** Looks at the screen; for `advance`. */
  readonly sample: (now: number) => void
  /** For how long a code was on screen after its end, at most. Rejects where one was never a code of this account. */
  longestDeadMs(): Promise<number>
  /** For how long there was a code. */
  readonly shownMs: number
}

export function watchShownCodes(emulator: Emulator): ShownCodes {
  /** When each code was over, by its text. */
  const ends = new Map<string, number>()
  /** Pictures, each until it was looked at again. */
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
          if (end === undefined) throw new Error('A code is on screen that the account never had')
          return until - end
        }),
      )
    },
    get shownMs() {
      return shownMs
    },
  }
}

/** What identifies the picture on screen: its address, or what is drawn. */
function shownPicture(): string | undefined {
  const box = document.querySelector('[data-part="qr-code"]')
  const drawing = [...(box?.querySelectorAll('path') ?? [])].at(-1)
  return (drawing?.getAttribute('d') ?? box?.querySelector('img')?.getAttribute('src')) || undefined
}

/** How a text may look: as a provider's image, or as the component draws it. */
async function picturesOf(text: string): Promise<readonly string[]> {
  const image = normalizeQrPayload(toBase64(await qrImage(text)))
  const markup = renderToStaticMarkup(createElement(QrSvg, { text, label: '' }))
  const drawing = [...markup.matchAll(/ d="([^"]+)"/g)].at(-1)?.[1]
  return [...(image.kind === 'image' ? [image.src] : []), ...(drawing ? [drawing] : [])]
}
