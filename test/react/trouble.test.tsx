import { QueryClient } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { PairingSymptom } from '../../src/core/messages.js'
import {
  PairingError,
  type PairingLocale,
  type PairingSnapshot,
  WhatsAppPairing,
  type WhatsAppPairingProps,
} from '../../src/index.js'
import { en } from '../../src/locales/en.js'
import { enTroubleshooting } from '../../src/locales/troubleshooting/en.js'
import { PairingRoot, PairingTrouble } from '../../src/parts.js'
import { pairingStates } from '../../src/testing.js'
import { stillPairing } from '../browser/still-pairing.js'
import { advance, emulateTime, settle } from '../time.js'
import { qr } from './scripted-provider.js'
import { shownStatus } from './setup.js'
import { changingProvider, showPairing } from './show-pairing.js'
import { askForCode, openTab, part, press, toggleTrouble } from './user.js'

emulateTime()

const details = () => document.querySelector<HTMLDetailsElement>('details[data-part="trouble"]')

function show(first: PairingSnapshot | PairingError = qr('a'), props: Partial<WhatsAppPairingProps> = {}) {
  const one = changingProvider(first)
  showPairing(one.provider, props)
  return one
}

const terms = () => [...(details()?.querySelectorAll('dt') ?? [])].map(({ textContent }) => textContent)

const symptomOf = (says: string): PairingSymptom => ({ says, cause: 'A cause.', steps: ['A step.'] })

describe('“Trouble linking?”', () => {
  it('is closed at first, and its texts load only when the user opens it', async () => {
    const troubleshooting = vi.fn(en.troubleshooting)
    show(qr('a'), { locale: { ...en, troubleshooting } })
    await advance(1_000)
    expect(details()?.open).toBe(false)
    expect(screen.getByText('Trouble linking?').tagName).toBe('SUMMARY')
    expect(troubleshooting).not.toHaveBeenCalled()
    await toggleTrouble(true)
    await toggleTrouble(false)
    await toggleTrouble(true)
    expect(troubleshooting).toHaveBeenCalledTimes(1)
  })

  it('explains each message of the phone, and the lack of one, with its meaning and a remedy', async () => {
    show()
    await advance(1_000)
    await toggleTrouble(true)
    expect(terms()).toEqual(enTroubleshooting.map(({ says }) => says))
    expect(terms()).toEqual([
      expect.stringMatching(/link device/),
      expect.stringMatching(/internet connection/),
      expect.stringMatching(/right now/),
      expect.stringMatching(/nothing/i),
    ])
    for (const answer of details()?.querySelectorAll('dd') ?? []) {
      expect(answer.textContent?.length).toBeGreaterThan(40)
      expect(answer.querySelectorAll('li').length).toBeGreaterThan(0)
    }
    // Many users scan the code with the camera app.
    expect(details()?.textContent).toContain('not the camera')
    // The words that WhatsApp shows are marked, and no mark-up is left.
    expect(details()?.querySelector('strong')?.textContent).toBe('Linked devices')
    expect(details()?.textContent).not.toContain('**')
  })

  it('stays open during a change of codes, a gap between two, and the scan', async () => {
    const state = show()
    await advance(1_000)
    await toggleTrouble(true)
    const opened = details()
    const still = (): void => {
      expect(details()).toBe(opened)
      expect(details()?.open).toBe(true)
      expect(details()?.querySelectorAll('dt')).toHaveLength(4)
    }
    state.now = qr('b')
    await advance(6_000, still)
    expect(shownStatus()).toBe('awaiting-scan')
    state.now = new PairingError('network', 'Down.')
    await advance(25_000, still)
    expect(shownStatus()).toBe('preparing')
    state.now = qr('c')
    await advance(16_000, still)
    state.now = { status: 'linking' }
    await advance(6_000, still)
    expect(shownStatus()).toBe('linking')
  })

  it('is next to the pairing code too, and stays open while another one is requested', async () => {
    show(qr('a'))
    await advance(1_000)
    await openTab('Phone number')
    await askForCode()
    await toggleTrouble(true)
    await advance(31_000)
    await press('Get a new code')
    expect(details()?.open).toBe(true)
    expect(details()?.querySelectorAll('dt')).toHaveLength(4)
  })

  it.each<[string, PairingSnapshot | PairingError, Partial<WhatsAppPairingProps>]>([
    ['idle', qr('a'), { autoStart: false }],
    ['linked', { status: 'linked', account: {} }, {}],
    ['passkey-required', { status: 'passkey-required' }, {}],
    ['failed', new PairingError('subscription-expired', 'No.'), {}],
  ])('is not shown if the user holds no phone: %s', async (status, snapshot, props) => {
    show(snapshot, props)
    await advance(1_000)
    expect(shownStatus()).toBe(status)
    expect(details()).toBeNull()
  })

  it('stays empty if its texts do not load, and loads them when it is opened again', async () => {
    const troubleshooting = vi
      .fn<PairingLocale['troubleshooting']>()
      .mockRejectedValueOnce(new Error('Offline.'))
      .mockImplementation(en.troubleshooting)
    show(qr('a'), { locale: { ...en, troubleshooting } })
    await advance(1_000)
    await toggleTrouble(true)
    expect(details()?.querySelectorAll('dt')).toHaveLength(0)
    await toggleTrouble(false)
    await toggleTrouble(true)
    expect(details()?.querySelectorAll('dt').length).toBeGreaterThan(0)
  })

  it('changes its language with the page while it is open', async () => {
    const { provider } = changingProvider(qr('a'))
    const queryClient = new QueryClient()
    const page = (locale: PairingLocale) => <WhatsAppPairing {...{ provider, queryClient, locale }} />
    const { rerender } = render(page(en))
    await advance(1_000)
    await toggleTrouble(true)
    rerender(page({ ...en, troubleshooting: async () => [symptomOf('pt-BR')] }))
    await settle()
    expect(terms()).toEqual(['pt-BR'])
  })

  it('keeps the new language if the previous one loads late', async () => {
    const { provider } = changingProvider(qr('a'))
    const queryClient = new QueryClient()
    const page = (tag: string, loadMs: number) => {
      const troubleshooting = () =>
        new Promise<readonly PairingSymptom[]>((resolve) => setTimeout(resolve, loadMs, [symptomOf(tag)]))
      return (
        <WhatsAppPairing provider={provider} queryClient={queryClient} locale={{ ...en, troubleshooting }} />
      )
    }
    const { rerender } = render(page('es', 2_000))
    await advance(1_000)
    await toggleTrouble(true)
    rerender(page('pt-BR', 500))
    await advance(1_000)
    expect(terms()).toEqual(['pt-BR'])
    await advance(3_000)
    expect(terms()).toEqual(['pt-BR'])
  })

  it("also calls the app's handler when it is opened", async () => {
    const onToggle = vi.fn()
    render(
      <PairingRoot pairing={stillPairing(pairingStates().qr['awaiting-scan'])}>
        <PairingTrouble onToggle={onToggle} />
      </PairingRoot>,
    )
    await toggleTrouble(true)
    expect(onToggle).toHaveBeenCalledOnce()
    expect(terms()).not.toEqual([])
  })

  it('has the language of the page, and its heading can be replaced', async () => {
    const troubleshooting = async () => [
      { says: 'Não foi possível conectar', cause: 'O código mudou.', steps: ['Leia o novo.'] },
    ]
    show(qr('a'), { locale: { ...en, tag: 'pt-BR', troubleshooting }, messages: { trouble: 'Problemas?' } })
    await advance(1_000)
    await toggleTrouble(true)
    expect(part('trouble-summary')?.textContent).toBe('Problemas?')
    expect(part('trouble-list')?.textContent).toBe('Não foi possível conectarO código mudou.Leia o novo.')
  })
})
