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
  'the tabs leave an arrow with %s to the browser, which goes back a page with it',
  (held) => {
    const { setMethod, tab } = show()
    // True: no listener has prevented it.
    expect(fireEvent.keyDown(tab, { key: 'ArrowLeft', [held]: true })).toBe(true)
    expect(setMethod).not.toHaveBeenCalled()
  },
)

it('the tabs follow an arrow, and the host is notified too', () => {
  const onKeyDown = vi.fn()
  const { setMethod, tab } = show(onKeyDown)
  fireEvent.keyDown(tab, { key: 'ArrowRight' })
  expect(onKeyDown).toHaveBeenCalledOnce()
  expect(setMethod).toHaveBeenCalledExactlyOnceWith('phone-code')
})

it('the tabs leave a key alone that the host has taken', () => {
  const { setMethod, tab } = show((event) => event.preventDefault())
  fireEvent.keyDown(tab, { key: 'ArrowRight' })
  expect(setMethod).not.toHaveBeenCalled()
})
