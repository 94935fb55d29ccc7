import { act, fireEvent, screen } from '@testing-library/react'
import { vi } from 'vitest'
import { loadLaterSession } from '../../src/react/session/load-later-session.js'
import { advanceUntil, settle } from '../time.js'
import { loadOnDemand, shownStatus } from './setup.js'

/** The actions of the user, and what the screen shows. Each action ends when its immediate effects have finished. */

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
/** The error code of a failed session. */
export const errorCode = (): string | undefined => part('error-code')?.dataset.code
/** `ABCD-1234`. */
export const shownCode = (): string | undefined => part('pairing-code')?.textContent ?? undefined

/** Lets time pass until the component shows a state. Returns the elapsed time. */
export async function timeTo(
  status: string,
  sample?: (now: number) => void,
  limitMs = 240_000,
): Promise<number> {
  const startedAt = Date.now()
  await advanceUntil(() => shownStatus() === status, limitMs, sample)
  if (shownStatus() !== status) throw new Error(`The page shows "${shownStatus()}" and never "${status}".`)
  return Date.now() - startedAt
}

/** Opens or closes “Trouble linking?”. */
export async function toggleTrouble(isOpen: boolean): Promise<void> {
  const details = part('trouble')
  if (!(details instanceof HTMLDetailsElement)) throw new Error('The list of troubles is not on the page.')
  await act(async () => {
    // jsdom fires this event a moment later, with a timer of Node.
    const toggled = new Promise<unknown>((resolve) =>
      details.addEventListener('toggle', resolve, { once: true }),
    )
    details.open = isOpen
    await toggled
  })
  if (vi.isFakeTimers()) await settle()
}

/** Loads the modules, texts and steps that otherwise load on demand. */
export async function loadEverything(): Promise<void> {
  await Promise.all([
    loadOnDemand(),
    loadLaterSession(),
    import('../../src/locales/troubleshooting/en.js'),
    import('../../src/react/parts/qr-svg.js'),
  ])
}
