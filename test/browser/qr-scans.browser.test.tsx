import { QueryClient } from '@tanstack/react-query'
import { render, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import '../../src/styles/styles.css'
import { WhatsAppPairing } from '../../src/index.js'
import { emulatedProvider, providerIds } from '../../stories/playground/emulated-provider.js'
import { scanScreen } from './scan-screen.js'

afterEach(() => {
  document.body.style.background = ''
})

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  it.each(providerIds)(
    'the pixels on screen hold the code of the account behind %s, and link it',
    async (id) => {
      document.body.style.background = theme === 'dark' ? '#0b141a' : '#ffffff'
      const { emulator, provider } = emulatedProvider(id, { linkingMs: 500 })
      render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} theme={theme} />)
      const inPage = (selector: string) =>
        waitFor(() => expect(document.querySelector(selector)).not.toBeNull(), { timeout: 12_000 })
      // A picture, or an SVG once its encoder is there.
      await inPage('[data-part="qr-code"] :is(svg, img)')
      await document.querySelector<HTMLImageElement>('[data-part="qr-code"] img')?.decode()

      const text = await scanScreen()
      const { state } = emulator
      expect(state.status === 'pairing' && state.qrText).toBe(text)
      expect(emulator.scan(text)).toEqual({ ok: true })
      await inPage('[data-status="linked"]')
    },
  )
})
