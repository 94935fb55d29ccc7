import { QueryClient } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { type PairingSnapshot, WhatsAppPairing } from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { heading, part, press, statusLine } from './user.js'

// Field report F10: WhatsApp or the phone's owner ends a link. The page explains and reports it.

emulateTime()

const linked: PairingSnapshot = { status: 'linked', account: { name: 'Ana' } }

function page(first: PairingSnapshot) {
  const state = { now: first }
  const provider = scriptedProvider({ getQrCode: () => state.now, getStatus: () => state.now })
  const reset = vi.fn(async (_: object): Promise<void> => {
    state.now = qr('after')
  })
  const onUnlinked = vi.fn()
  const onLinked = vi.fn()
  const queryClient = new QueryClient()
  const shown = { provider: { ...provider, reset }, queryClient, onLinked, onUnlinked }
  const view = render(<WhatsAppPairing {...shown} />)
  return Object.assign(state, { onUnlinked, onLinked, shown, ...view })
}

const ENDS: readonly (readonly [string, PairingSnapshot])[] = [
  ['another code', qr('next')],
  ['that no phone is linked', { status: 'unlinked' }],
  ['that the session is stopped', { status: 'stopped' }],
  ['leftovers of the link', { status: 'stale' }],
]

describe.each(ENDS)('a link that ends, if the provider reports %s,', (_, end) => {
  it('is explained in one sentence with the title for linking again, if it was new', async () => {
    const one = page(qr('a'))
    await advance(1_000)
    one.now = { status: 'linking' }
    await advance(4_000)
    one.now = linked
    await advance(12_000)
    expect(shownStatus()).toBe('linked')
    one.now = end
    await advance(20_000)
    expect(statusLine()).toContain('The link ended soon after it was made.')
    expect(part('status-text')?.dataset.notice).toBe('link-ended')
    if (end.status === 'stale') await press('Start over')
    else expect(heading()).toBe('Link your WhatsApp again')
    expect(one.onUnlinked.mock.calls).toEqual([[{ name: 'Ana' }]])
  })

  it('is reported as ended on the phone if it was minutes old', async () => {
    const one = page(linked)
    await advance(150_000)
    await advance(31_000)
    one.now = end
    await advance(60_000)
    // The page does not poll an older link until the user returns to the page.
    one.unmount()
    await settle()
    render(<WhatsAppPairing {...one.shown} />)
    await advance(5_000)
    expect(statusLine()).toContain('The phone was unlinked.')
    expect(one.onUnlinked).toHaveBeenCalledTimes(1)
  })

  it('is not reported if it was never made', async () => {
    const one = page(qr('a'))
    await advance(1_000)
    one.now = { status: 'linking' }
    await advance(8_000)
    one.now = end
    await advance(20_000)
    expect(statusLine()).toContain('The link was not finished.')
    expect(one.onUnlinked).not.toHaveBeenCalled()
    expect(one.onLinked).not.toHaveBeenCalled()
  })
})

describe('onUnlinked', () => {
  it('is called again when another link ends', async () => {
    const one = page(linked)
    await advance(1_000)
    for (let count = 1; count <= 3; count += 1) {
      one.now = qr(`code ${count}`)
      await advance(20_000)
      expect(one.onUnlinked).toHaveBeenCalledTimes(count)
      one.now = linked
      await advance(6_000)
      expect(shownStatus()).toBe('linked')
    }
  })

  it.each<[string, PairingSnapshot]>([
    ['one response that reports the end', qr('a')],
    ['a provider that is preparing', { status: 'preparing' }],
    ['another account', { status: 'linked', account: { name: 'Ben' } }],
  ])('is not called for %s', async (_, now) => {
    const one = page(linked)
    await advance(1_000)
    one.now = now
    await advance(now.status === 'qr' ? 14_100 : 60_000)
    one.now = linked
    await advance(30_000)
    expect(one.onUnlinked).not.toHaveBeenCalled()
    expect(shownStatus()).toBe('linked')
  })
})
