import { dehydrate } from '@tanstack/react-query'
import { fireEvent, screen } from '@testing-library/react'
import { beforeAll, describe, expect, it } from 'vitest'
import { qrImage } from '../../src/testing/qr-image.js'
import type { EmulatorFault } from '../../src/testing.js'
import { emulatedSecrets, providerIds } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime } from '../time.js'
import { createSetup, doing, shownStatus } from './setup.js'
import { errorCode } from './user.js'

beforeAll(() => qrImage('2@a,b').then(() => undefined))
emulateTime()

const faults: readonly (readonly [EmulatorFault, string])[] = [
  ['unauthorized', 'unauthorized'],
  ['unknown-instance', ''],
  ['html', 'provider-unavailable'],
  ['half-json', 'invalid-answer'],
  ['not-an-image', 'invalid-answer'],
]

describe.each(providerIds)('%s', (id) => {
  it.each(faults)('fails with advice when the provider answers: %s', async (fault, code) => {
    const setup = createSetup(id)
    const told: unknown[] = []
    setup.emulator.fail(fault)
    setup.show({ onError: (error) => told.push(error), onEvent: (event) => told.push(event) })
    // GREEN-API may need five minutes to create the instance.
    await advance(340_000)

    expect(shownStatus()).toBe('failed')
    if (code) expect(errorCode()).toBe(code)
    expect(document.querySelector('[data-part="lead"]')?.textContent?.length).toBeGreaterThan(20)
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()

    const everything = [
      document.documentElement.outerHTML,
      JSON.stringify(told),
      ...told.map((one) => (one instanceof Error ? `${one.message}${one.stack}${String(one.cause)}` : '')),
      JSON.stringify(
        setup.queryClient
          .getQueryCache()
          .getAll()
          .map(({ queryKey, state }) => ({ queryKey, state })),
      ),
    ].join('\n')
    for (const secret of Object.values(emulatedSecrets)) expect(everything).not.toContain(secret)
  })

  it('lets no credential reach the page, a URL or the storage, and loads nothing from another server', async () => {
    const setup = createSetup(id)
    const sent: string[] = []
    const watched: typeof fetch = (input, init) => {
      sent.push(String(input), JSON.stringify([...new Headers(init?.headers)]), String(init?.body ?? ''))
      return setup.server.fetch(input, init)
    }
    setup.show({ provider: setup.proxied({ fetch: watched }) })
    await advance(5_000)
    for (const { src } of document.querySelectorAll('img')) expect(src).toMatch(/^data:image\//)
    await doing(() => void setup.emulator.scan())
    await advance(8_000)
    const everything = [
      ...sent,
      document.documentElement.outerHTML,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
    ].join('\n')
    for (const secret of Object.values(emulatedSecrets)) expect(everything).not.toContain(secret)
    expect(sent.join('\n')).not.toMatch(/2@/)
  })

  it('links after a failure, on Try again', async () => {
    const setup = createSetup(id)
    setup.emulator.fail('unauthorized')
    setup.show()
    await advance(id === 'green-api' ? 340_000 : 20_000)
    expect(shownStatus()).toBe('failed')
    setup.emulator.recover()
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await advance(15_000)
    expect(shownStatus()).toBe('awaiting-scan')
    await doing(() => void setup.emulator.scan())
    await advance(10_000)
    expect(shownStatus()).toBe('linked')
  })

  it('keeps a valid code on screen while requests fail, and continues when they succeed', async () => {
    const setup = createSetup(id)
    setup.show()
    await advance(3_000)
    expect(shownStatus()).toBe('awaiting-scan')
    setup.emulator.fail('server-error', { times: 1 })
    const { qrIntervalMs } = setup.provider.timing
    await advance(qrIntervalMs + 10_000, () => expect(shownStatus()).not.toBe('failed'))
    expect(shownStatus()).toBe('awaiting-scan')
    expect(screen.getByRole('status').textContent).toContain('1 of 3')
  })
})

describe('the codes of a session', () => {
  it('are in no persisted, dehydrated or logged cache', async () => {
    const setup = createSetup('z-api')
    setup.show()
    await advance(3_000)
    const { state } = setup.emulator
    const text = state.status === 'pairing' ? state.qrText : 'none'
    expect(shownStatus()).toBe('awaiting-scan')
    const stored = JSON.stringify(dehydrate(setup.queryClient))
    expect(stored).toContain('whatsapp-pairing')
    expect(stored).not.toContain(text.slice(40, 80))
    expect(
      JSON.stringify(structuredClone(dehydrate(setup.queryClient).queries.map(({ state }) => state))),
    ).not.toContain(text.slice(40, 80))
  })
})
