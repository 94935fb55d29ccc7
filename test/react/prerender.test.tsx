import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from '@testing-library/react'
import { type ReactElement, useEffect } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type PairingSource,
  proxy,
  usePairingSession,
  WhatsAppPairing,
  WhatsAppPairingDialog,
} from '../../src/index.js'
import './jsdom-dialog.js'
import { qr, scriptedProvider } from './scripted-provider.js'

// With `cacheComponents`, Next.js does not prerender a component that reads the clock or random numbers during rendering.

/** The reads of the first render. */
let reads: string[] = []
let isFirstRender = true
const stackTraceLimit = Error.stackTraceLimit

beforeEach(() => {
  reads = []
  isFirstRender = true
  // Effects may read them, because they do not run during rendering.
  Error.stackTraceLimit = 200
  for (const [owner, name] of sources) {
    const original: (...values: never[]) => unknown = Reflect.get(owner, name)
    Reflect.set(owner, name, (...values: never[]) => {
      if (!isFirstRender || !isRendering()) return original.apply(owner, values)
      reads.push(name)
      throw new Error(`The first render must not call ${name}().`)
    })
    restores.push(() => void Reflect.set(owner, name, original))
  }
})

afterEach(() => {
  for (const restore of restores.splice(0)) restore()
  Error.stackTraceLimit = stackTraceLimit
  document.body.innerHTML = ''
})

const sources = [
  [Date, 'now'],
  [Math, 'random'],
  [performance, 'now'],
  [crypto, 'randomUUID'],
  [crypto, 'getRandomValues'],
] as const
const restores: (() => void)[] = []

/** Returns true if React is calling a component now. This function has the same name in React 18 and 19, on server and client. */
function isRendering(): boolean {
  return /\brenderWithHooks\b/.test(new Error().stack ?? '')
}

/** Marks the end of the first render. TanStack Query reads the clock in later ones. */
function FirstRenderEnd(): null {
  useEffect(() => {
    isFirstRender = false
  })
  return null
}

function Hook({ provider }: { readonly provider: PairingSource }): ReactElement {
  return <p>{usePairingSession({ provider }).session.status}</p>
}

const elements = {
  '<WhatsAppPairing>': (provider: PairingSource) => <WhatsAppPairing provider={provider} />,
  '<WhatsAppPairing> with a pairing code': (provider: PairingSource) => (
    <WhatsAppPairing provider={provider} defaultMethod="phone-code" defaultPhoneNumber="+55 11 98765-4321" />
  ),
  '<WhatsAppPairing autoStart={false}>': (provider: PairingSource) => (
    <WhatsAppPairing provider={provider} autoStart={false} />
  ),
  '<WhatsAppPairingDialog>': (provider: PairingSource) => (
    <WhatsAppPairingDialog defaultOpen provider={provider} />
  ),
  'usePairingSession()': (provider: PairingSource) => <Hook provider={provider} />,
}

const providers = {
  'a proxy': (name: string) =>
    proxy({ url: `/pairing/${name}`, fetch: () => new Promise<Response>(() => {}), live: false }),
  'an adapter': (name: string) =>
    scriptedProvider(
      { getQrCode: () => qr('a'), requestPairingCode: () => ({ status: 'preparing' }) },
      `prerender ${name}`,
    ),
}

const clients = {
  'without QueryClientProvider': (element: ReactElement) => element,
  'with QueryClientProvider': (element: ReactElement) => (
    <QueryClientProvider client={new QueryClient()}>{element}</QueryClientProvider>
  ),
}

type Names<Table> = (keyof Table)[]
const cases = (Object.keys(elements) as Names<typeof elements>).flatMap((element) =>
  (Object.keys(providers) as Names<typeof providers>).flatMap((provider) =>
    (Object.keys(clients) as Names<typeof clients>).map((client) => [element, provider, client] as const),
  ),
)

describe('the first render reads neither the clock nor random numbers', () => {
  it.each(cases)('in %s with %s, %s', async (element, provider, client) => {
    const page = clients[client](
      <>
        {elements[element](providers[provider](`${element} ${client}`))}
        <FirstRenderEnd />
      </>,
    )
    const html = renderToString(page)
    expect(reads).toEqual([])
    const container = document.body.appendChild(document.createElement('div'))
    container.innerHTML = html
    const root = await act(async () => hydrateRoot(container, page))
    expect(isFirstRender).toBe(false)
    await act(async () => root.unmount())
    expect(reads).toEqual([])
  })
})

it('this test detects a component that reads the clock during rendering', () => {
  const Clock = () => <p>{Date.now()}</p>
  expect(() => renderToString(<Clock />)).toThrow('The first render must not call now().')
  expect(reads).toEqual(['now'])
})
