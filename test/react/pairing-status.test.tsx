import { focusManager, QueryClient } from '@tanstack/react-query'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { Profiler } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  PairingError,
  type PairingProvider,
  type PairingProxy,
  PairingStatus,
  type PairingStatusProps,
  type PairingUpdate,
  usePairingStatus,
} from '../../src/index.js'
import { de } from '../../src/locales/de.js'
import { providerIds } from '../../stories/playground/emulated-provider.js'
import './jsdom-dialog.js'
import { advance, emulateTime, settle } from '../time.js'
import { scriptedProvider, timing } from './scripted-provider.js'
import { createSetup, doing, type Setup } from './setup.js'
import { part, press } from './user.js'

emulateTime()
afterEach(() => {
  focusManager.setFocused(undefined)
})

const row = (): HTMLElement | null => part('link')
const stateLine = (): string | null | undefined => part('link-state')?.textContent
const button = (name: string): HTMLElement | null => screen.queryByRole('button', { name })

/** Shows the row of a settings page for an emulated account. */
async function showStatus(setup: Setup, props: Partial<PairingStatusProps> = {}) {
  const view = render(<PairingStatus provider={setup.proxied()} queryClient={setup.queryClient} {...props} />)
  await settle()
  await advance(1_000)
  return view
}

async function linkedSetup(id: (typeof providerIds)[number]): Promise<Setup> {
  const setup = createSetup(id, { linkingMs: 500 })
  void setup.provider.getQrCode({}).catch(() => {})
  await advance(4_000)
  await doing(() => setup.emulator.scan())
  await advance(12_000)
  return setup
}

describe.each(providerIds)('<PairingStatus> at %s', (id) => {
  it('only reads the state for half an hour, starts no pairing, and stops in a hidden tab', async () => {
    const setup = createSetup(id)
    const actions: string[] = []
    setup.emulator.subscribe(({ action }) => void actions.push(action))
    await showStatus(setup)
    await advance(30 * 60_000)
    const { requests } = setup.server
    expect(new Set(requests)).toEqual(new Set(['state']))
    // The page sends one read on mount and one every five minutes. It repeats a first read whose state is not final.
    expect(requests.length).toBeGreaterThanOrEqual(7)
    expect(requests.length).toBeLessThanOrEqual(10)
    const paths = setup.mockServer.requests.map(({ method, path }) => `${method} ${path}`)
    expect(paths.length).toBeGreaterThan(0)
    expect(paths.length).toBeLessThanOrEqual(requests.length * 3)
    expect(paths.filter((path) => /^(?!GET)|\bqr|connect\b|code|phone|restart|logout/i.test(path))).toEqual(
      [],
    )
    expect(setup.sockets?.requests ?? []).toEqual([])
    // A started session of these two providers shows codes automatically.
    const own = id === 'wasend' || id === 'waha' ? 1 : 0
    expect(actions.filter((action) => action === 'start').length).toBeLessThanOrEqual(own)

    const before = requests.length
    await doing(() => focusManager.setFocused(false))
    await advance(30 * 60_000)
    expect(requests.length).toBe(before)
    await doing(() => focusManager.setFocused(true))
    await settle()
    expect(requests.length).toBe(before + 1)
  })

  it('shows the linked account, and only the actions that the provider supports', async () => {
    const setup = await linkedSetup(id)
    await showStatus(setup)
    expect([row()?.dataset.status, stateLine()]).toEqual(['linked', 'Linked'])
    expect(button('Link')).toBeNull()
    expect(button('Disconnect') !== null).toBe(id !== 'wasend')
  })
})

describe('<PairingStatus>', () => {
  it('requires a confirmation before it disconnects, which names what stops working', async () => {
    const setup = await linkedSetup('z-api')
    const onUnlinked = vi.fn()
    await showStatus(setup, { onUnlinked })
    expect(part('link-name')?.textContent).toBe('Ana Souza')
    expect(part('link-number')?.textContent).toBe('+55 11 98765 4321')
    button('Disconnect')?.focus()
    await press('Disconnect')
    expect(setup.emulator.state.status).toBe('linked')
    expect(part('disconnect-question')).toBe(document.activeElement)
    expect(part('disconnect-question')?.textContent).toContain(
      'will stop sending and receiving messages with this number',
    )
    fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' })
    await settle()
    expect(button('Disconnect')).toBe(document.activeElement)
    expect(part('disconnect-question')).toBeNull()

    await press('Disconnect')
    await press('Disconnect')
    await advance(1_000)
    expect(setup.emulator.state.status).toBe('idle')
    expect([row()?.dataset.status, stateLine()]).toEqual(['not-linked', 'Not linked'])
    expect(onUnlinked.mock.calls).toEqual([[expect.objectContaining({ name: 'Ana Souza' })]])
    expect(row()).toBe(document.activeElement)
    // The user ended this link. So later reads do not report a lost link, here and on a page that opens later.
    await advance(11 * 60_000)
    expect(row()?.dataset.status).toBe('not-linked')
    const other = { ...setup, queryClient: new QueryClient() }
    await showStatus(other)
    expect(
      [...document.querySelectorAll<HTMLElement>('[data-part="link"]')].map(({ dataset }) => dataset.status),
    ).toEqual(['not-linked', 'not-linked'])
    expect(new Set(setup.server.requests)).toEqual(new Set(['state', 'unlink']))
  })

  it('stays linked if disconnecting fails, and shows the reason', async () => {
    const provider: PairingProvider = {
      ...scriptedProvider({
        getQrCode: () => ({ status: 'unlinked' }),
        getStatus: () => ({ status: 'linked', account: { name: 'Ana' } }),
      }),
      unlink: async () => {
        throw new PairingError('provider-unavailable', 'Down.')
      },
    }
    render(<PairingStatus provider={provider} queryClient={new QueryClient()} locale={de} />)
    await settle()
    await press('Trennen')
    await press('Trennen')
    expect(screen.getByRole('alert').textContent).toContain(de.messages.errors['provider-unavailable'].title)
    expect(row()?.dataset.status).toBe('linked')
    await press('Abbrechen')
    expect(button('Trennen')).toBe(document.activeElement)
  })

  it('opens the pairing screen, and shows the new link without an additional read', async () => {
    const setup = createSetup('green-api', { linkingMs: 0 })
    await showStatus(setup, { dialog: { appName: 'Acme Inbox' } })
    expect(stateLine()).toBe('Not linked')
    await press('Link')
    await act(() => vi.dynamicImportSettled())
    await advance(6_000)
    expect(shownStatusOfScreen()).toBe('awaiting-scan')
    const reads = setup.server.requests.filter((wish) => wish === 'state').length
    await doing(() => setup.emulator.scan())
    await advance(6_000)
    expect([shownStatusOfScreen(), row()?.dataset.status]).toEqual(['linked', 'linked'])
    expect(part('link-number')?.textContent).toBe('+55 11 98765 4321')
    expect(setup.server.requests.filter((wish) => wish === 'state').length - reads).toBeLessThanOrEqual(2)
    await press('Close')
    await settle()
    expect(document.activeElement).toBe(row())
  })

  it('calls `onLink` instead of opening the dialog, with “relink” after an earlier link', async () => {
    const setup = await linkedSetup('waha')
    const onLink = vi.fn()
    await showStatus(setup, { onLink })
    await advance(20_000)
    await doing(() => setup.emulator.logout())
    await doing(() => focusManager.setFocused(false))
    await doing(() => focusManager.setFocused(true))
    await advance(10_000)
    expect([row()?.dataset.status, part('link-reason')?.textContent]).toEqual([
      'needs-attention',
      'The phone was unlinked. Link it again to send and receive messages.',
    ])
    await press('Link again')
    expect(onLink.mock.calls).toEqual([['relink']])
    expect(document.querySelector('dialog')).toBeNull()
  })

  it('shows that the key was refused, and offers Check again instead of Link again', async () => {
    const setup = createSetup('z-api')
    setup.emulator.fail('unauthorized')
    await showStatus(setup)
    await advance(40_000)
    await act(() => vi.dynamicImportSettled())
    expect(row()?.dataset.status).toBe('needs-attention')
    expect(part('link-reason')?.textContent).toContain('The provider refused this app’s key')
    expect(part('link-reason')?.textContent).not.toMatch(/[.!?]\./)
    expect(button('Link again')).toBeNull()
    setup.emulator.recover()
    await press('Check again')
    await advance(1_000)
    expect(row()?.dataset.status).toBe('not-linked')
  })

  it('keeps the last known state and its time while the server is unreachable', async () => {
    vi.setSystemTime(new Date('2026-01-01T10:00:00'))
    const setup = await linkedSetup('z-api')
    await showStatus(setup)
    setup.server.kill()
    await advance(10 * 60_000)
    await act(() => vi.dynamicImportSettled())
    expect([row()?.dataset.status, row()?.dataset.last, stateLine()]).toEqual(['unknown', 'linked', 'Linked'])
    expect(part('link-as-of')?.textContent).toMatch(
      /^We can’t check this right now\. Last checked: 10:0\d.AM\.$/,
    )
    expect(part('link-reason')?.textContent).toContain('No connection')
    setup.server.start()
    await press('Check again')
    await advance(1_000)
    expect([row()?.dataset.status, part('link-as-of')]).toEqual(['linked', null])
  })

  it('accepts custom parts, omits a part for null, and passes other props to its element', async () => {
    const setup = await linkedSetup('z-api')
    await showStatus(setup, {
      id: 'mine',
      'aria-label': 'Sales',
      className: 'row',
      classNames: { 'link-state': 'badge' },
      parts: { Account: null, Actions: ({ pairing }) => <b>{pairing.link.account?.name}</b> },
    })
    expect(screen.getByRole('group', { name: 'Sales' })).toMatchObject({ id: 'mine', className: 'row' })
    expect(part('link-state')?.className).toBe('badge')
    expect(part('link-account')).toBeNull()
    expect(screen.getByText('Ana Souza').tagName).toBe('B')
  })

  it('catches an exception in a custom part', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const onError = vi.fn()
    const Broken = () => {
      throw new Error('broken')
    }
    const setup = createSetup('z-api')
    await showStatus(setup, { onError, parts: { State: Broken } })
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'component-failed' })
    expect(button('Check again')).not.toBeNull()
    vi.restoreAllMocks()
  })

  it('uses live events if the app enables them, and requests no code', async () => {
    const setup = createSetup('green-api', { linkingMs: 0 })
    await showStatus(setup, { liveEvents: true })
    expect(setup.server.openStreams).toBe(1)
    setup.emulator.start()
    await doing(() => setup.emulator.scan())
    await advance(6_000)
    expect(row()?.dataset.status).toBe('linked')
    expect(setup.server.requests.filter((wish) => wish !== 'events')).toEqual(['state'])
    expect(setup.mockServer.requests.filter(({ path }) => /qr/i.test(path))).toEqual([])
    await doing(() => focusManager.setFocused(false))
    expect(setup.server.openStreams).toBe(0)
  })
})

describe('a pairing screen next to the status', () => {
  const shownStatuses = () => [row()?.dataset.status, shownStatusOfScreen()]

  async function showBoth(id: (typeof providerIds)[number], isLinked: boolean) {
    const setup = isLinked ? await linkedSetup(id) : createSetup(id, { linkingMs: 0 })
    render(
      <>
        <PairingStatus provider={setup.proxied()} queryClient={setup.queryClient} />
        {setup.element()}
      </>,
    )
    await settle()
    await advance(6_000)
    return setup
  }

  it('shows immediately what the status has read', async () => {
    const setup = await showBoth('z-api', false)
    expect(shownStatuses()).toEqual(['not-linked', 'awaiting-scan'])
    await advance(300_000)
    expect(shownStatuses()).toEqual(['not-linked', 'expired'])
    setup.emulator.start()
    await doing(() => setup.emulator.scan())
    await doing(() => focusManager.setFocused(false))
    await doing(() => focusManager.setFocused(true))
    await settle()
    expect(shownStatuses()).toEqual(['linked', 'linked'])
  })

  it('begins a new round when the status disconnects', async () => {
    await showBoth('z-api', true)
    expect(shownStatuses()).toEqual(['linked', 'linked'])
    await press('Disconnect')
    await press('Disconnect')
    await advance(8_000)
    expect(shownStatuses()).toEqual(['not-linked', 'awaiting-scan'])
  })

  it('updates the status when the phone ends the link', async () => {
    const setup = await showBoth('z-api', true)
    await doing(() => setup.emulator.logout())
    await advance(30_000)
    expect(shownStatuses()).toEqual(['needs-attention', 'awaiting-scan'])
  })
})

describe('a hundred rows of a settings page', () => {
  it('cost as much per read as ten rows: a read renders only its own row', async () => {
    const costs: number[] = []
    for (const count of [10, 100]) {
      const client = new QueryClient()
      const commits = new Map<string, number>()
      let isLinked = false
      const providers = Array.from({ length: count }, (_, index) =>
        answering(`${count} ${index}`, () =>
          isLinked ? { status: 'linked', account: { name: 'Ana' } } : { status: 'unlinked' },
        ),
      )
      const subscribe = vi.spyOn(client.getQueryCache(), 'subscribe')
      const view = render(
        providers.map((provider) => (
          <Profiler
            key={provider.sessionId}
            id={provider.sessionId}
            onRender={(id) => commits.set(id, (commits.get(id) ?? 0) + 1)}
          >
            <Row provider={provider} client={client} />
          </Profiler>
        )),
      )
      await settle()
      expect(view.container.textContent).toBe('not-linked'.repeat(count))
      // All rows share one listener.
      expect(subscribe).toHaveBeenCalledOnce()
      commits.clear()
      isLinked = true
      const reads = vi.spyOn(client.getQueryCache(), 'find')
      const [first] = providers
      await act(async () => {
        await client.refetchQueries({
          queryKey: ['whatsapp-pairing', 'status', 'fake', first?.sessionId],
        })
      })
      await settle()
      expect([...commits.keys()]).toEqual([first?.sessionId])
      costs.push(reads.mock.calls.length)
      view.unmount()
    }
    expect(costs[1]).toBe(costs[0])
  })
})

/** A server that responds immediately, so that the test measures only the page. */
function answering(sessionId: string, state: () => Pick<PairingUpdate, 'status' | 'account'>): PairingProxy {
  let seq = 0
  const read = async (): Promise<PairingUpdate> => {
    seq += 1
    const offer = { provider: 'fake', methods: ['qr'], abilities: [], timing } as const
    return { v: 1, session: sessionId, origin: 'o', seq, at: Date.now(), ...offer, ...state() }
  }
  return { id: 'fake', sessionId, connection: { read, act: read } }
}

function Row({ provider, client }: { provider: PairingProxy; client: QueryClient }) {
  return <i>{usePairingStatus(provider, { queryClient: client }).link.status}</i>
}

const shownStatusOfScreen = (): string | undefined =>
  document.querySelector<HTMLElement>('[data-scope][data-part="root"]')?.dataset.status
