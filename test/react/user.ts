import { act, fireEvent, screen } from '@testing-library/react'
import { vi } from 'vitest'
import { loadLaterSession } from '../../src/react/session/load-later-session.js'
import { settle } from './time.js'
import { loadOnDemand } from './world.js'

/** What the user sees and does. Each action ends when all that follows at once has happened. */

export async function press(name: string): Promise<void> {
  fireEvent.click(screen.getByRole('button', { name }))
  await settle()
}

export async function openTab(name: 'QR code' | 'Phone number'): Promise<void> {
  fireEvent.click(screen.getByRole('tab', { name }))
  await settle()
}

export async function askForCode(number = '+55 11 98765-4321'): Promise<void> {
  fireEvent.change(screen.getByRole('textbox', { name: 'Phone number' }), { target: { value: number } })
  await press('Get code')
}

export const heading = (): string => screen.getByRole('heading').textContent ?? ''
export const statusLine = (): string => screen.getByRole('status').textContent ?? ''
export const part = (name: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`[data-part="${name}"]`)
/** Of `failed`. */
export const errorCode = (): string | undefined => part('error-code')?.dataset.code
/** `ABCD-1234`. */
export const shownCode = (): string | undefined => part('pairing-code')?.textContent ?? undefined

/** Opens or closes “Trouble linking?”. */
export async function toggleTrouble(isOpen: boolean): Promise<void> {
  const details = part('trouble')
  if (!(details instanceof HTMLDetailsElement)) throw new Error('There is nothing to open.')
  await act(async () => {
    // jsdom fires it a moment later, by a timer of Node's.
    const toggled = new Promise<unknown>((resolve) =>
      details.addEventListener('toggle', resolve, { once: true }),
    )
    details.open = isOpen
    await toggled
  })
  if (vi.isFakeTimers()) await settle()
}

/** What is loaded on demand, the texts and the steps included, loaded before. */
export async function loadEverything(): Promise<void> {
  await Promise.all([
    loadOnDemand(),
    loadLaterSession(),
    import('../../src/locales/troubleshooting/en.js'),
    import('../../src/react/parts/qr-svg.js'),
  ])
}

/** A long time in which no user looks: one step a second in place of four. */
export async function later(ms: number, sample?: (now: number) => void): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    await act(async () => {
      await vi.advanceTimersByTimeAsync(Math.min(1_000, ms - passed))
    })
    sample?.(Date.now())
  }
}
