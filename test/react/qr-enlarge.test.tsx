import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it } from 'vitest'
import { type PairingSnapshot, WhatsAppPairing, type WhatsAppPairingProps } from '../../src/index.js'
import './jsdom-dialog.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, type SpyProvider, scriptedProvider } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { changingProvider, hang, rotatingProvider } from './show-pairing.js'
import { part, press } from './user.js'

emulateTime()

const show = (provider: SpyProvider, props: Partial<WhatsAppPairingProps> = {}) =>
  render(
    <StrictMode>
      <WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />
    </StrictMode>,
  )

/** The drawings of all places with a code. */
const drawn = () =>
  [...document.querySelectorAll('[data-part="qr-code"] svg')].map(
    (svg) => [...svg.querySelectorAll('path')].at(-1)?.getAttribute('d') ?? '',
  )

describe('the enlarged code', () => {
  it('equals the small one, and is replaced with it', async () => {
    show(rotatingProvider(), { maxRefreshes: 5 })
    await advance(1_000)
    await press('Enlarge')
    await advance(500)
    const seen = new Set<string>()
    await advance(60_000, () => {
      const [small, large] = drawn()
      expect(large).toBe(small)
      if (large) seen.add(large)
    })
    expect(seen.size).toBe(4)
  })

  it('is replaced by Retry when the codes have expired, and returns after it', async () => {
    show(rotatingProvider(), { maxRefreshes: 1 })
    await advance(1_000)
    await press('Enlarge')
    await advance(62_000)
    const dialog = screen.getByRole('dialog')
    expect(drawn()).toEqual([])
    const retry = dialog.querySelector<HTMLElement>('[data-part="retry-button"]')
    retry?.click()
    await advance(2_000)
    expect(dialog.querySelectorAll('[data-part="qr-code"] svg')).toHaveLength(1)
  })

  it('is removed at its expiry even if the network hangs', async () => {
    let answers = 0
    show(scriptedProvider({ getQrCode: () => (answers++ === 0 ? qr('a') : hang()), getStatus: hang }))
    await advance(1_000)
    await press('Enlarge')
    await advance(18_500)
    expect(drawn()).toHaveLength(2)
    await advance(1_000)
    expect(drawn()).toEqual([])
  })

  it('shows the state as text, because the rest of the page is out of reach', async () => {
    show(rotatingProvider())
    await advance(1_000)
    await press('Enlarge')
    expect(screen.getByRole('dialog').querySelector('[role="status"]')?.textContent).toContain('1 of 3')
  })

  it('closes when the user changes to the phone number', async () => {
    const props = { provider: changingProvider(qr('a')).provider, queryClient: new QueryClient() }
    const { rerender } = render(<WhatsAppPairing {...props} method="qr" />)
    await advance(1_000)
    await press('Enlarge')
    expect(part('enlarged-code')).not.toBeNull()
    rerender(<WhatsAppPairing {...props} method="phone-code" />)
    await advance(500)
    expect(part('enlarged-code')).toBeNull()
  })
})

describe('the button that enlarges the code', () => {
  /** A network between the page and its provider. Between two codes there is a moment without one. */
  const slowly = (getQrCode: () => PairingSnapshot) =>
    scriptedProvider({
      getQrCode: async () => {
        await new Promise((resolve) => setTimeout(resolve, 400))
        return getQrCode()
      },
    })
  const button = () => screen.getByRole('button', { name: 'Enlarge' })

  it('keeps the focus between codes, and the panel gets it when they have expired', async () => {
    const startedAt = Date.now()
    show(
      slowly(() =>
        qr(Math.floor((Date.now() - startedAt) / 20_000), 20_000 - ((Date.now() - startedAt) % 20_000)),
      ),
    )
    await advance(1_000)
    button().focus()
    const seen = new Set<string | null | undefined>()
    await advance(70_000, () => {
      seen.add(shownStatus())
      expect(document.activeElement).toBe(shownStatus() === 'expired' ? part('panel') : button())
    })
    expect(seen).toEqual(new Set(['awaiting-scan', 'preparing', 'expired']))
  })

  it('has no effect and is marked as disabled while there is no code', async () => {
    show(slowly(() => qr('a')))
    await settle()
    expect(button().getAttribute('aria-disabled')).toBe('true')
    await press('Enlarge')
    expect(part('enlarged-code')).toBeNull()
    await advance(1_000)
    expect(button().getAttribute('aria-disabled')).toBe('false')
    await press('Enlarge')
    expect(part('enlarged-code')).not.toBeNull()
  })
})
