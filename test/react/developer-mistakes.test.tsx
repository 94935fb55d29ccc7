import { QueryClient } from '@tanstack/react-query'
import { act, render, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { Component } from 'react'
import { afterEach, beforeEach, describe, expect, it, type Mock, vi } from 'vitest'
import {
  PairingError,
  type ProxyOptions,
  proxy,
  type UsePairingSessionOptions,
  usePairingSession,
  WhatsAppPairing,
} from '../../src/index.js'
import { de } from '../../src/locales/de.js'
import { advance, emulateTime } from '../time.js'
import { qr, scriptedProvider } from './scripted-provider.js'
import { shownStatus } from './setup.js'

let consoleError: Mock<typeof console.error>

emulateTime()
beforeEach(() => {
  vi.stubEnv('NODE_ENV', 'development')
  consoleError = vi.spyOn(console, 'error').mockImplementation(() => {})
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** The messages that this package printed. */
const printed = (): readonly string[] =>
  consoleError.mock.calls
    .map((line) => line.map(String).join(' '))
    .filter((line) => line.startsWith('[whatsapp-pairing]'))

let pages = 0
const show = (options: Partial<ProxyOptions>, props: Partial<UsePairingSessionOptions> = {}) => {
  pages += 1
  // Each session prints its messages once, so each page has its own session.
  const provider = proxy({ url: `https://app.example/api/${pages}`, live: false, ...options })
  return render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} {...props} />)
}

const html = async () =>
  new Response('<!doctype html><div id="root"></div>', { headers: { 'content-type': 'text/html' } })

describe('the messages for developers', () => {
  it.each<readonly [string, Partial<ProxyOptions>, RegExp, string]>([
    [
      'a URL that serves the page of the app',
      { fetch: html },
      /answered with text\/html.*createPairingHandler/s,
      'invalid-answer',
    ],
    [
      'a URL that serves text',
      { fetch: async () => new Response('OK') },
      /answered with text\/plain.*createPairingHandler/s,
      'invalid-answer',
    ],
    [
      'a URL that does not exist',
      { fetch: async () => new Response('Not found', { status: 404 }) },
      /HTTP 404.*mounted/s,
      'invalid-answer',
    ],
    [
      'a server with a bug',
      { fetch: async () => Response.json({ code: 'unknown' }, { status: 500 }) },
      /answered "unknown".*See its log/s,
      'unknown',
    ],
    [
      'a server whose key the provider refuses',
      { fetch: async () => Response.json({ code: 'unauthorized' }, { status: 502 }) },
      /answered "unauthorized"/,
      'unauthorized',
    ],
    [
      'headers() with a bug',
      { headers: () => Promise.reject(new ReferenceError('getToken is not defined')) },
      /headers.*getToken is not defined/s,
      'unknown',
    ],
    [
      'a fetch with a bug',
      { fetch: () => Promise.reject(new ReferenceError('Request is not defined')) },
      /Request is not defined/,
      'unknown',
    ],
  ])('appear once for %s, and the session fails after a few attempts', async (_, options, text, code) => {
    const onError = vi.fn()
    show(options, { onError })
    await advance(60_000)
    expect(printed().join('\n')).toMatch(text)
    expect(new Set(printed()).size).toBe(printed().length)
    expect(shownStatus()).toBe('failed')
    expect(onError.mock.calls.map(([error]) => error.code)).toEqual([code])
  })

  it('do not appear in production', async () => {
    vi.stubEnv('NODE_ENV', 'production')
    show({ fetch: html })
    await advance(60_000)
    expect(printed()).toEqual([])
  })

  it.each<readonly [string, () => Promise<Response>]>([
    ['a lost network connection', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a user who is not signed in', async () => new Response(null, { status: 401 })],
    ['a gateway error', async () => new Response(null, { status: 503 })],
  ])('do not appear for %s', async (_, fetch) => {
    show({ fetch })
    await advance(60_000)
    expect(printed()).toEqual([])
  })

  it.each([undefined, '', 7])('proxy() throws for the URL %s', (url) => {
    expect(() => proxy({ url: url as string })).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })
})

describe('a provider with a bug', () => {
  it('is printed with its exception', async () => {
    const error = new TypeError('x is not a function')
    const provider = scriptedProvider({
      getQrCode: () => Promise.reject(error),
      getStatus: () => Promise.reject(error),
    })
    render(<WhatsAppPairing provider={provider} queryClient={new QueryClient()} />)
    await advance(60_000)
    const lines = consoleError.mock.calls.filter(([first]) => String(first).startsWith('[whatsapp-pairing]'))
    expect(lines).toHaveLength(1)
    expect(lines[0]?.at(-1)).toBe(error)
  })

  it.each<readonly [string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a factory that was not called', () => proxy({ url: '/api/pairing' })],
    ['options', { url: '/api/pairing' }],
    ['a promise', Promise.resolve()],
  ])('%s is refused with a message that names the right value', async (_, provider) => {
    const caught: unknown[] = []
    class Boundary extends Component<{ readonly children: ReactNode }> {
      override state = { isBroken: false }
      static getDerivedStateFromError = () => ({ isBroken: true })
      override componentDidCatch(error: unknown): void {
        caught.push(error)
      }
      override render(): ReactNode {
        return this.state.isBroken ? null : this.props.children
      }
    }
    renderHook(() => usePairingSession({ provider: provider as never, queryClient: new QueryClient() }), {
      wrapper: Boundary as never,
    })
    expect(caught).toEqual([expect.any(PairingError)])
    expect(caught[0]).toMatchObject({
      code: 'invalid-options',
      message: expect.stringContaining('proxy({ url })'),
    })
  })
})

describe('options from JavaScript', () => {
  const showProps = (props: object) => {
    const provider = scriptedProvider({ getQrCode: () => qr('a'), requestPairingCode: () => qr('a') })
    const onError = vi.fn()
    render(
      <WhatsAppPairing provider={provider} queryClient={new QueryClient()} onError={onError} {...props} />,
    )
    return onError
  }

  it.each([
    { phoneNumber: null },
    { phoneNumber: 5511987654321 },
    { defaultPhoneNumber: null },
    { defaultPhoneNumber: 5511987654321 },
    { expectedPhoneNumber: null },
    { expectedPhoneNumber: 5511987654321 },
    { messages: null },
  ])('may be the value of a database: %j', async (props) => {
    const onError = showProps({ method: 'phone-code', ...props })
    await advance(5_000)
    expect(shownStatus()).toBe('awaiting-number')
    expect(onError).not.toHaveBeenCalled()
  })

  it.each<readonly [string, unknown]>([
    ['a tag', 'de'],
    ['a module', { de }],
    ['a promise', Promise.resolve(de)],
  ])('`locale` is refused with a message that names the right value, if it is %s', async (_, locale) => {
    const onError = showProps({ locale })
    await advance(1_000)
    expect(onError).toHaveBeenCalledWith(
      expect.objectContaining({
        code: 'component-failed',
        cause: expect.objectContaining({ message: expect.stringContaining('whatsapp-pairing/locales/de') }),
      }),
    )
  })
})

describe('an exception in a callback', () => {
  const boom = new Error('boom')
  const linked = scriptedProvider({
    getQrCode: () => ({ status: 'linked', account: {} }),
    getStatus: () => ({ status: 'linked', account: {} }),
  })

  it.each<readonly [string, () => unknown]>([
    [
      'that throws',
      () => {
        throw boom
      },
    ],
    ['that rejects', () => Promise.reject(boom)],
  ])('%s reaches onError with the name of the callback, and reportError', async (_, onLinked) => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const onError = vi.fn()
    render(
      <WhatsAppPairing
        provider={linked}
        queryClient={new QueryClient()}
        onLinked={onLinked as () => void}
        onError={onError}
      />,
    )
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: 'unknown', cause: boom }),
      { in: 'onLinked' },
    )
    expect(reported.mock.calls).toEqual([[boom]])
  })

  it('onEvent or onError does not prevent the link', async () => {
    const reported = vi.fn()
    vi.stubGlobal('reportError', reported)
    const thrower = vi.fn(() => {
      throw boom
    })
    render(
      <WhatsAppPairing
        provider={linked}
        queryClient={new QueryClient()}
        onEvent={thrower}
        onError={thrower}
      />,
    )
    await advance(1_000)
    expect(shownStatus()).toBe('linked')
    expect(reported).toHaveBeenCalledWith(boom)
  })

  it('onMethodChange does not prevent the change of tabs', async () => {
    vi.stubGlobal('reportError', vi.fn())
    const onError = vi.fn()
    const { result } = renderHook(() =>
      usePairingSession({
        provider: scriptedProvider({
          getQrCode: () => qr('a'),
          requestPairingCode: () => ({ status: 'preparing' }),
        }),
        queryClient: new QueryClient(),
        onMethodChange: () => {
          throw boom
        },
        onError,
      }),
    )
    await advance(1_000)
    await act(async () => result.current.setMethod('phone-code'))
    expect(onError).toHaveBeenCalledWith(expect.objectContaining({ cause: boom }), { in: 'onMethodChange' })
    expect(printed().join()).toContain('onMethodChange failed with an exception')
  })
})
