import { QueryClient } from '@tanstack/react-query'
import { render, screen, waitFor } from '@testing-library/react'
import { type ReactElement, StrictMode, useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../src/styles/styles.css'
import { proxy, WhatsAppPairingDialog, type WhatsAppPairingDialogProps } from '../../src/index.js'
import { createPairingHandler } from '../../src/server.js'
import { coveredControls } from './covered-controls.js'
import { centreOf, finger, pressMouse } from './pointer.js'
import { quickProvider } from './quick-provider.js'

function App(props: Partial<WhatsAppPairingDialogProps> & Pick<WhatsAppPairingDialogProps, 'provider'>) {
  const [isOpen, setOpen] = useState(false)
  return (
    <StrictMode>
      <button type="button" onClick={() => setOpen(true)}>
        Connect WhatsApp
      </button>
      <WhatsAppPairingDialog queryClient={queryClient} open={isOpen} onOpenChange={setOpen} {...props} />
    </StrictMode>
  )
}

let queryClient: QueryClient

/** Shows a page with a button that opens the dialog, and counts the requests to the provider. */
function show(props: Partial<WhatsAppPairingDialogProps> = {}, around?: (app: ReactElement) => ReactElement) {
  queryClient = new QueryClient()
  const { emulator, provider } = quickProvider('z-api')
  const requested = vi.fn()
  const counted = {
    ...provider,
    getStatus: (...options: Parameters<typeof provider.getStatus>) => {
      requested()
      return provider.getStatus(...options)
    },
    getQrCode: (...options: Parameters<typeof provider.getQrCode>) => {
      requested()
      return provider.getQrCode(...options)
    },
  }
  const app = <App provider={counted} {...props} />
  render(around ? around(app) : app)
  return { emulator, requested }
}

const opener = () => screen.getByRole('button', { name: 'Connect WhatsApp', hidden: true })

async function open(): Promise<HTMLElement> {
  await userEvent.click(opener())
  return screen.findByRole('dialog', { name: 'Link your WhatsApp' })
}

const isCodeThere = () =>
  screen.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 15_000 })

const isClosed = () => waitFor(() => expect(document.querySelector('dialog')).toBeNull())

describe('an open dialog', () => {
  it('is modal: the keyboard cannot reach the page behind it', async () => {
    show()
    const dialog = await open()
    expect(dialog.matches(':modal')).toBe(true)
    const reached = new Set<Element | null>()
    for (let press = 0; press < 12; press++) {
      await userEvent.keyboard('{Tab}')
      reached.add(document.activeElement)
    }
    expect(reached).not.toContain(opener())
    expect([...reached].every((element) => element === document.body || dialog.contains(element))).toBe(true)
  })

  it('gets the focus itself, not its first button', async () => {
    show()
    expect(await open()).toBe(document.activeElement)
  })

  it('is as wide as the window allows, and its card uses the layout for that width', async () => {
    show()
    const dialog = await open()
    const { width } = dialog.getBoundingClientRect()
    expect(width).toBe(Math.min(innerWidth - 24, 760))
  })
})

describe('a dialog on a phone', () => {
  afterEach(() => page.viewport(1280, 1200))

  it('can be closed at any scroll position', async () => {
    // A phone in landscape with enlarged text.
    await page.viewport(360, 200)
    show()
    const dialog = await open()
    dialog.scrollTop = dialog.scrollHeight
    expect(dialog.scrollTop).toBeGreaterThan(100)
    const button = dialog.querySelector(':scope > [data-part="close-button"]')
    const { top, right } = button?.getBoundingClientRect() ?? new DOMRect()
    const view = dialog.getBoundingClientRect()
    expect([top - view.top, view.right - right]).toEqual([8, 8])
    expect(document.elementFromPoint(right - 22, top + 22)?.closest('button')).toBe(button)
  })
})

/** The windows of phones in portrait and landscape, of halves of a desktop, and of 1280 × 1024 at 400 %. */
const windows = [
  [280, 653],
  [600, 600],
  [844, 390],
  [1280, 480],
  [320, 256],
] as const

/** Behind a server, as in an app. The page does not know the methods when the dialog opens, so it has no tabs yet. */
function behindServer() {
  const { emulator, provider } = quickProvider('z-api')
  const handler = createPairingHandler({ provider, authorize: () => true })
  const fetchInPage: typeof fetch = (address, init) =>
    handler(new Request(new URL(String(address), location.href), init))
  return { emulator, provider: proxy({ url: `/pairing/${crypto.randomUUID()}`, fetch: fetchInPage }) }
}

describe.each(windows)('a dialog in a window of %d×%d pixels', (width, height) => {
  beforeEach(async () => {
    await page.viewport(width, height)
    return () => page.viewport(1280, 1200)
  })

  /** Expects the dialog to be at its top with a visible title, and to have the focus, so screen readers read it from the start. */
  const expectTop = (dialog: HTMLElement) => {
    const { top } = dialog.getBoundingClientRect()
    const title = screen.getByRole('heading').getBoundingClientRect()
    expect(dialog.scrollTop).toBe(0)
    expect(title.top).toBeGreaterThanOrEqual(top)
    expect(title.bottom).toBeLessThanOrEqual(dialog.getBoundingClientRect().bottom)
    expect(document.activeElement).toBe(dialog)
  }

  it('opens at its top, the first and the second time', async () => {
    show({ provider: behindServer().provider })
    expectTop(await open())
    await isCodeThere()
    expectTop(screen.getByRole('dialog'))
    await userEvent.keyboard('{Escape}')
    await isClosed()
    expectTop(await open())
    const dialog = screen.getByRole('dialog')
    dialog.scrollTop = dialog.scrollHeight
    await userEvent.keyboard('{Escape}')
    await isClosed()
    expectTop(await open())
  })

  it('is at its top if it is open from the start', async () => {
    const { provider } = behindServer()
    render(<WhatsAppPairingDialog defaultOpen queryClient={new QueryClient()} provider={provider} />)
    expectTop(screen.getByRole('dialog'))
    await isCodeThere()
    expectTop(screen.getByRole('dialog'))
  })

  it('stays at its top while the phone links, and the first Tab reaches the next control', async () => {
    const { emulator, provider } = behindServer()
    show({ provider })
    const dialog = await open()
    await isCodeThere()
    emulator.scan()
    await screen.findByRole('dialog', { name: 'You’re linked' }, { timeout: 10_000 })
    expectTop(dialog)
    await userEvent.keyboard('{Tab}')
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Done' }))
  })

  it('puts the focus on the phone number if that is the method', async () => {
    show({ provider: behindServer().provider, defaultMethod: 'phone-code' })
    const dialog = await open()
    await screen.findByRole('combobox', { name: 'Country' }, { timeout: 15_000 })
    expectTop(dialog)
    expect(coveredControls()).toEqual([])
  })

  it('lets a finger reach each of its controls, and close it', async () => {
    show()
    await open()
    await isCodeThere()
    expect(coveredControls()).toEqual([])
    await finger.press(centreOf(screen.getByRole('button', { name: 'Close' })))
    await isClosed()
  })
})

describe('closing the dialog', () => {
  it.each([
    ['Escape', () => userEvent.keyboard('{Escape}')],
    ['its button', () => userEvent.click(screen.getByRole('button', { name: 'Close' }))],
    ['a press outside', () => pressMouse({ x: 3, y: 3 })],
  ])('with %s restores the focus and the scroll position', async (_way, close) => {
    show({}, (app) => (
      <>
        <div style={{ blockSize: 900 }} />
        {app}
        <div style={{ blockSize: 2000 }} />
      </>
    ))
    opener().scrollIntoView()
    const scrolled = scrollY
    await open()
    await close()
    await isClosed()
    expect(opener()).toBe(document.activeElement)
    expect(scrollY).toBe(scrolled)
  })

  it('calls onOpenChange once, and the app can refuse', async () => {
    const onOpenChange = vi.fn()
    show({ open: true, onOpenChange })
    const dialog = await screen.findByRole('dialog')
    await userEvent.keyboard('{Escape}')
    expect(onOpenChange.mock.calls).toEqual([[false]])
    expect(dialog).toHaveProperty('open', true)
  })

  it('does not happen when a text selection ends outside the dialog', async () => {
    show()
    const dialog = await open()
    const { left, top } = dialog.getBoundingClientRect()
    await pressMouse({ x: left + 60, y: top + 80 }, { x: 3, y: 3 })
    expect(dialog.isConnected).toBe(true)
  })

  it('stops all requests, and reopening continues them', async () => {
    const { requested } = show()
    await open()
    await screen.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 5_000 })
    await userEvent.keyboard('{Escape}')
    await isClosed()
    const before = requested.mock.calls.length
    // Several intervals between requests.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(requested).toHaveBeenCalledTimes(before)
    await open()
    await screen.findByRole('img', { name: 'QR code to scan with WhatsApp' }, { timeout: 5_000 })
  })
})

describe('a dialog after the phone was linked', () => {
  it('shows the linked account until the user closes it', async () => {
    const onLinked = vi.fn()
    const { emulator } = show({ onLinked })
    await open()
    await isCodeThere()
    emulator.scan()
    await screen.findByRole('dialog', { name: 'You’re linked' }, { timeout: 10_000 })
    expect(onLinked).toHaveBeenCalledOnce()
    await userEvent.click(screen.getByRole('button', { name: 'Close' }))
    await isClosed()
  })

  it('closes automatically with closeOnLinked', async () => {
    const { emulator } = show({ closeOnLinked: true })
    await open()
    await isCodeThere()
    emulator.scan()
    await waitFor(() => expect(document.querySelector('dialog')).toBeNull(), { timeout: 10_000 })
  })
})

it('an uncontrolled dialog with defaultOpen is open until the user closes it', async () => {
  queryClient = new QueryClient()
  const { provider } = quickProvider('z-api')
  render(<WhatsAppPairingDialog defaultOpen queryClient={queryClient} provider={provider} />)
  expect(screen.getByRole('dialog')).toHaveProperty('open', true)
  await userEvent.keyboard('{Escape}')
  await isClosed()
})
