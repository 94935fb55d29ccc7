import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WhatsAppPairing } from '../../src/index.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { changingProvider, linked, showPairing } from './show-pairing.js'
import { askForCode, openTab, part } from './user.js'

/** A wake lock as in browsers: a hidden page gets none, and hiding the page releases it. */
class TestWakeLock {
  readonly locks: { released: boolean }[] = []
  /** The promise that `request` waits for. */
  answer = Promise.resolve()
  isRefused = false
  asked = 0

  async request(type: string) {
    this.asked += 1
    await this.answer
    if (type !== 'screen' || this.isRefused || document.visibilityState !== 'visible')
      throw new DOMException('', 'NotAllowedError')
    const lock = {
      released: false,
      release: async () => {
        lock.released = true
      },
    }
    this.locks.push(lock)
    return lock
  }

  get held(): number {
    return this.locks.filter(({ released }) => !released).length
  }
}

let wakeLock: TestWakeLock

emulateTime()
beforeEach(() => {
  wakeLock = new TestWakeLock()
  Object.defineProperty(navigator, 'wakeLock', { configurable: true, value: wakeLock })
})
afterEach(() => {
  Reflect.deleteProperty(navigator, 'wakeLock')
  Reflect.deleteProperty(document, 'visibilityState')
})

function setVisible(isVisible: boolean): Promise<void> {
  if (!isVisible) for (const lock of wakeLock.locks) lock.released = true
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    value: isVisible ? 'visible' : 'hidden',
  })
  fireEvent(document, new Event('visibilitychange'))
  return settle()
}

describe('the screen, while a code is shown,', () => {
  it('stays on, and may turn off after that', async () => {
    const one = changingProvider(qr('a'))
    showPairing(one.provider)
    expect(wakeLock.asked).toBe(0)
    await advance(1_000)
    expect(wakeLock.held).toBe(1)
    one.now = linked
    await advance(10_000)
    expect(part('account')).not.toBeNull()
    expect(wakeLock.held).toBe(0)
  })

  it('stays on for a pairing code too', async () => {
    showPairing(changingProvider({ status: 'preparing' }).provider)
    await settle()
    await openTab('Phone number')
    await askForCode()
    await advance(500)
    expect(part('pairing-code')).not.toBeNull()
    expect(wakeLock.held).toBe(1)
  })

  it('is locked once under StrictMode', async () => {
    const { provider } = changingProvider(qr('a'))
    render(
      <StrictMode>
        <WhatsAppPairing provider={provider} queryClient={new QueryClient()} />
      </StrictMode>,
    )
    await advance(1_000)
    expect([wakeLock.asked, wakeLock.held]).toEqual([1, 1])
  })

  it('may turn off when the component unmounts, even before the browser has granted the lock', async () => {
    let grant = () => {}
    wakeLock.answer = new Promise((resolve) => {
      grant = resolve
    })
    const { unmount } = showPairing(changingProvider(qr('a')).provider)
    await advance(1_000)
    expect(wakeLock.asked).toBe(1)
    unmount()
    grant()
    await settle()
    expect(wakeLock.locks).toHaveLength(1)
    expect(wakeLock.held).toBe(0)
  })

  it('stays on again when the page becomes visible', async () => {
    showPairing(changingProvider(qr('a')).provider)
    await advance(1_000)
    await setVisible(false)
    expect(wakeLock.held).toBe(0)
    await setVisible(true)
    expect(wakeLock.held).toBe(1)
  })

  it('is not locked after the component was unmounted', async () => {
    const { unmount } = showPairing(changingProvider(qr('a')).provider)
    await advance(1_000)
    unmount()
    await setVisible(false)
    await setVisible(true)
    expect([wakeLock.asked, wakeLock.held]).toEqual([1, 0])
  })

  it('may turn off if the browser refuses the lock, and the code is still shown', async () => {
    wakeLock.isRefused = true
    showPairing(changingProvider(qr('a')).provider)
    await advance(1_000)
    expect(wakeLock.asked).toBe(1)
    expect(part('qr-code')).not.toBeNull()
  })

  it('may turn off if the browser has no wake lock', async () => {
    Reflect.deleteProperty(navigator, 'wakeLock')
    showPairing(changingProvider(qr('a')).provider)
    await advance(1_000)
    expect(part('qr-code')).not.toBeNull()
  })
})
