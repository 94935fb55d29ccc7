import { fireEvent, render, screen } from '@testing-library/react'
import type { KeyboardEvent } from 'react'
import { expect, it, vi } from 'vitest'
import { PairingMethodTabs, PairingRoot } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'

function show(onKeyDown?: (event: KeyboardEvent<HTMLDivElement>) => void) {
  const setMethod = vi.fn()
  const session = pairingStates().qr['awaiting-scan']
  render(
    <PairingRoot pairing={{ ...stillPairing(session), setMethod }}>
      <PairingMethodTabs onKeyDown={onKeyDown} />
    </PairingRoot>,
  )
  return { setMethod, tab: screen.getByRole('tab', { name: 'QR code' }) }
}

it.each(['altKey', 'ctrlKey', 'metaKey', 'shiftKey'])(
  'the tabs leave an arrow key with %s to the browser, which navigates back',
  (held) => {
    const { setMethod, tab } = show()
    // True means that no listener has prevented the key's default.
    expect(fireEvent.keyDown(tab, { key: 'ArrowLeft', [held]: true })).toBe(true)
    expect(setMethod).not.toHaveBeenCalled()
  },
)

it("the tabs follow an arrow key, and the app's handler is called too", () => {
  const onKeyDown = vi.fn()
  const { setMethod, tab } = show(onKeyDown)
  fireEvent.keyDown(tab, { key: 'ArrowRight' })
  expect(onKeyDown).toHaveBeenCalledOnce()
  expect(setMethod).toHaveBeenCalledExactlyOnceWith('phone-code')
})

it('the tabs ignore a key if the app has prevented its default', () => {
  const { setMethod, tab } = show((event) => event.preventDefault())
  fireEvent.keyDown(tab, { key: 'ArrowRight' })
  expect(setMethod).not.toHaveBeenCalled()
})
