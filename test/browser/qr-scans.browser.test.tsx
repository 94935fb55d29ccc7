import { QueryClient } from '@tanstack/react-query'
import { render, waitFor } from '@testing-library/react'
import { afterEach, expect, it } from 'vitest'
import '../../src/styles/styles.css'
import { WhatsAppPairing } from '../../src/index.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import { quickProvider } from './quick-provider.js'
import { scanScreen } from './scan-screen.js'

afterEach(() => {
  document.body.style.background = ''
})

// qr-matrix.browser.test.tsx tests the themes of a drawn code.
it.each(providerIds)(
  'the pixels on screen contain the code of the account behind %s, and link it',
  async (id) => {
    document.body.style.background = '#0b141a'
    const { emulator, provider } = quickProvider(id)
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} theme="dark" />)
    const inPage = (selector: string) =>
      waitFor(() => expect(document.querySelector(selector)).not.toBeNull(), { timeout: 12_000 })
    // The code is a picture, or an SVG after its encoder has loaded.
    await inPage('[data-part="qr-code"] :is(svg, img)')
    await document.querySelector<HTMLImageElement>('[data-part="qr-code"] img')?.decode()

    const text = await scanScreen()
    const { state } = emulator
    expect(state.status === 'pairing' && state.qrText).toBe(text)
    expect(emulator.scan(text)).toEqual({ ok: true })
    await inPage('[data-status="linked"]')
  },
)
