import { fireEvent, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { PairingCard, PairingCode, PairingRoot } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { advance, emulateTime, settle } from '../time.js'
import { part, press, shownCode } from './user.js'

emulateTime()
afterEach(() => {
  vi.unstubAllGlobals()
  Reflect.deleteProperty(document, 'execCommand')
})

const session = pairingStates()['phone-code']['awaiting-code']
const { value } = session.pairingCode

async function show() {
  const report = vi.fn()
  render(<PairingCard pairing={{ ...stillPairing(session), report }} />)
  // The parts for a code load when the card mounts.
  await settle()
  return { report }
}

/** A browser without the current clipboard API. */
function withoutClipboard(execCommand?: () => boolean) {
  vi.stubGlobal('navigator', { ...navigator, clipboard: undefined })
  Object.assign(document, { execCommand })
}

/** Returns the text that the browser puts on the clipboard for a copy by keyboard or menu. */
function copyInPage(): string | undefined {
  const data = new Map<string, string>()
  const element = part('pairing-code')
  if (!element) throw new Error('The page shows no pairing code.')
  fireEvent.copy(element, {
    clipboardData: { setData: (type: string, text: string) => data.set(type, text) },
  })
  return data.get('text/plain')
}

describe('the pairing code', () => {
  it('is one text with a dash on screen, and single characters for screen readers', async () => {
    await show()
    expect(shownCode()).toBe('8RBZ-DSEK')
    expect(part('pairing-code-spelled')?.textContent).toBe('8, R, B, Z, D, S, E, K')
    expect(part('pairing-code')?.getAttribute('aria-hidden')).toBe('true')
  })

  it('is left to right and not translated, in either direction of the page', async () => {
    await show()
    for (const name of ['pairing-code', 'pairing-code-spelled']) {
      expect(part(name)?.dir).toBe('ltr')
      expect(part(name)?.getAttribute('translate')).toBe('no')
    }
  })

  it('is in a group whose name does not contain it', async () => {
    await show()
    const group = screen.getByRole('group', { name: 'Code to enter in WhatsApp' })
    expect(group.contains(part('pairing-code'))).toBe(true)
    expect(group.contains(part('pairing-code-spelled'))).toBe(true)
  })

  it('accepts another name and other attributes', async () => {
    render(
      <PairingRoot pairing={stillPairing(session)}>
        <PairingCode aria-label="Type this" className="mine" />
      </PairingRoot>,
    )
    expect(screen.getByRole('group', { name: 'Type this' }).textContent).toContain('8RBZ-DSEK')
    expect(part('pairing-code')?.className).toBe('mine')
  })

  it('is copied without its dash by hand too, and the copy is reported', async () => {
    const { report } = await show()
    expect(copyInPage()).toBe(value)
    expect(report.mock.calls).toEqual([['copied']])
  })
})

describe('the copy button', () => {
  it('says “Copied” for a moment, and can be pressed again', async () => {
    const writeText = vi.fn(async () => {})
    vi.stubGlobal('navigator', { ...navigator, clipboard: { writeText } })
    const { report } = await show()
    await press('Copy code')
    expect(writeText).toHaveBeenCalledExactlyOnceWith(value)
    expect(part('copy-button')?.textContent).toBe('Copied')
    await advance(4_000)
    expect(part('copy-button')?.textContent).toBe('Copy code')
    expect(report.mock.calls).toEqual([['copied']])
  })

  it('uses execCommand if the page may not use the clipboard', async () => {
    let copied: string | undefined
    withoutClipboard(() => {
      copied = copyInPage()
      return true
    })
    const { report } = await show()
    await press('Copy code')
    expect(copied).toBe(value)
    expect(part('copy-button')?.textContent).toBe('Copied')
    expect(report.mock.calls).toEqual([['copied']])
  })

  it.each([
    ['refuses', () => false],
    ['lacks the command', undefined],
  ])('selects the code and explains how to copy it if the browser %s', async (_, execCommand) => {
    withoutClipboard(execCommand)
    const { report } = await show()
    await press('Copy code')
    expect(getSelection()?.toString()).toContain('8RBZ-DSEK')
    expect(part('copy-button')?.textContent).toBe('Hold the code to copy it')
    expect(report).not.toHaveBeenCalled()
  })
})
