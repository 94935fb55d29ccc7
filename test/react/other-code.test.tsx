import { QueryClient } from '@tanstack/react-query'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { ProviderId } from '../../stories/playground/emulated-provider.js'
import { advance, emulateTime, settle } from '../time.js'
import { createSetup, doing, type Setup } from './setup.js'

const ANA = '+55 11 98765-4321'
const BEN = '+49 151 12345678'

emulateTime()

/** Opens one of several pages of a session. Each has a separate cache, as in different browsers. */
async function open(setup: Setup, live = true) {
  // A page in another browser does not have this storage.
  sessionStorage.clear()
  const { container } = render(
    setup.element({
      provider: setup.proxied({ live }),
      queryClient: new QueryClient(),
      defaultMethod: 'phone-code',
    }),
  )
  await advance(1_000)
  const page = within(container)
  const part = (name: string) => container.querySelector<HTMLElement>(`[data-part="${name}"]`)
  const press = async (name: string | RegExp) => {
    await doing(() => page.getByRole('button', { name }).click())
    await advance(1_000)
  }
  return {
    page,
    part,
    press,
    status: () => container.querySelector('[data-scope]')?.getAttribute('data-status'),
    code: () => part('pairing-code')?.textContent,
    html: () => container.innerHTML,
    async submit(number: string) {
      fireEvent.change(page.getByRole('textbox', { name: 'Phone number' }), { target: { value: number } })
      await settle()
      await press('Get code')
    },
  }
}

describe.each<[ProviderId, boolean]>([
  ['green-api', true],
  ['green-api', false],
  ['waha', false],
])('pairing codes of two users (%s, live: %s)', (id, live) => {
  it('another page gets the last four digits, and the code after a press', async () => {
    const setup = createSetup(id)
    const ana = await open(setup, live)
    await ana.submit(ANA)
    await advance(15_000)
    const code = ana.code()
    expect(code).toMatch(/^\w{4}-\w{4}$/)
    const ben = await open(setup, live)
    await advance(5_000)
    expect(ben.status()).toBe('awaiting-number')
    expect(ben.code()).toBeUndefined()
    await ben.press('Show the code for …4321')
    expect(ben.code()).toBe(code)
    expect(ben.part('code-recipient')?.textContent).toContain('…4321')
    expect(ben.html()).not.toContain('98765')
    await doing(() => void setup.emulator.typeCode(code ?? ''))
    await advance(20_000)
    expect([ana.status(), ben.status()]).toEqual(['linked', 'linked'])
  })

  it('a page shows that its code was replaced, and its field has the number again', async () => {
    const setup = createSetup(id)
    const ana = await open(setup, live)
    await ana.submit(ANA)
    await advance(15_000)
    const ben = await open(setup, live)
    await ben.submit(BEN)
    await advance(15_000)
    expect(ben.code()).toMatch(/^\w{4}-\w{4}$/)
    expect(ana.status()).toBe('awaiting-number')
    expect(ana.code()).toBeUndefined()
    const notice = ana.part('status-text')
    expect(notice?.textContent).toContain('Your code was replaced')
    expect(notice?.dataset.notice).toBe('code-replaced')
    expect(ana.page.getByDisplayValue(/98765.4321$/)).toBeTruthy()
    expect(ana.page.getByRole('button', { name: 'Show the code for …5678' })).toBeTruthy()
    expect(ana.html()).not.toContain('15112345')
  })

  it('a page removes its code after a reset from another page', async () => {
    const setup = createSetup(id)
    const ana = await open(setup, live)
    await ana.submit(ANA)
    await advance(15_000)
    expect(ana.code()).toMatch(/^\w{4}-\w{4}$/)
    const { connection } = setup.proxied({ live: false })
    const reset = connection.act('reset', { method: 'qr' })
    await advance(5_000)
    await reset
    await advance(10_000)
    expect(ana.code()).toBeUndefined()
    expect(ana.status()).toBe('awaiting-number')
    expect(ana.part('status-text')?.dataset.notice).toBe('code-replaced')
  })
})

describe('the number of another page', () => {
  it('is in no response to this page', async () => {
    const setup = createSetup('green-api')
    const bodies: string[] = []
    const ana = await open(setup)
    await ana.submit(ANA)
    sessionStorage.clear()
    const listening: typeof fetch = async (input, init) => {
      const response = await setup.server.fetch(input, init)
      bodies.push(await response.clone().text())
      return response
    }
    render(
      setup.element({
        provider: setup.proxied({ live: false, fetch: listening }),
        queryClient: new QueryClient(),
        defaultMethod: 'phone-code',
      }),
    )
    await advance(10_000)
    expect(bodies.join()).toContain('"lastDigits":"4321"')
    expect(bodies.join()).not.toContain('5511987654321')
    expect(screen.getByRole('button', { name: 'Show the code for …4321' })).toBeTruthy()
  })

  it('is offered only until its code expires', async () => {
    const setup = createSetup('green-api')
    const ana = await open(setup)
    await ana.submit(ANA)
    const ben = await open(setup)
    expect(ben.part('other-code')).not.toBeNull()
    await advance(160_000)
    expect(ben.part('other-code')).toBeNull()
    expect(ben.status()).toBe('awaiting-number')
  })

  it('can be left with Change and opened again', async () => {
    const setup = createSetup('green-api')
    const ana = await open(setup)
    await ana.submit(ANA)
    const code = ana.code()
    await ana.press('Change')
    expect(ana.status()).toBe('awaiting-number')
    await ana.press('Show the code for …4321')
    expect(ana.code()).toBe(code)
    expect(ana.part('code-recipient')?.textContent).toContain('+55 11 98765 4321')
  })
})
