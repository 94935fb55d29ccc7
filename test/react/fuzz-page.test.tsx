import { QueryClient } from '@tanstack/react-query'
import { cleanup, fireEvent, render } from '@testing-library/react'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type PairingSnapshot, type PairingSource, proxy, WhatsAppPairing } from '../../src/index.js'
import { assert, type CallName, callNamesOf } from '../../src/testing/provider-rules/calls.js'
import { HOSTILE_MARK, hostilePictures, hostileTexts } from '../hostile-content.js'
import { randomRuns } from '../long-runs.js'
import { IMAGE, PNG, QR_TEXT } from '../providers/fetch-stub.js'
import { type FuzzedAdapter, fuzzedAdapters } from '../providers/fuzzed-adapters.js'
import {
  type Conversation,
  changedJson,
  fetchOf,
  recordConversations,
  spoiltConversation,
} from '../providers/fuzzed-answers.js'
import { emulateTime, settle } from '../time.js'
import { foreignIn } from './inspect-page.js'
import { createPageServer } from './page-server.js'
import { scriptedProvider, timing } from './scripted-provider.js'
import { shownStatus } from './setup.js'

/** The time limit for `npm run test:long` on a busy machine. */
const TIMEOUT_MS = 180_000

const said: string[] = []

emulateTime()
beforeEach(() => {
  // The messages are recorded immediately, so that a failing test can name its input.
  for (const method of ['error', 'warn', 'info', 'log', 'debug'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => {
      // The package's messages to developers are intended.
      if (!String(words[0]).startsWith('[whatsapp-pairing]')) said.push(words.join(' '))
    })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const account = {
  phoneNumber: '5511987654321',
  name: 'Ana Souza',
  avatarUrl: 'https://pps.whatsapp.net/v/t61.24694-24/1.jpg?oe=6558',
  id: '5511987654321@c.us',
}
const details = { provider: 'wasend', methods: ['qr', 'phone-code'], timing, nextInMs: 1_000 } as const
const words = ['qr', 'phone-code', 'linked', 'image', 'text', 'ABCD-1234', account.avatarUrl, PNG, QR_TEXT]

/** Valid answers in their documented form, one for each visible state. */
const soundAnswers: readonly PairingSnapshot[] = [
  { status: 'qr', qrCode: IMAGE, expiresInMs: 20_000, confirmInMs: 6_000, ...details },
  { status: 'qr', qrCode: { kind: 'text', value: QR_TEXT } },
  { status: 'linked', account },
  { status: 'linked', account, ...details },
  { status: 'passkey-required', helpUrl: 'https://example.com/passkey', ...details },
  { status: 'pairing-code', pairingCode: 'ABCD1234', expiresInMs: 60_000 },
  { status: 'preparing', ...details },
]

const anyAnswer: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.oneof(...soundAnswers.map((answer) => changedJson(answer, words))) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(...hostilePictures, ...hostileTexts)
      .map((src) => ({ status: 'qr', qrCode: { kind: 'image', src } })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...hostileTexts).map((text) => ({
      status: 'linked',
      account: { name: text, phoneNumber: text, avatarUrl: text, id: text },
    })),
  },
)

const methods = fc.constantFrom('qr' as const, 'phone-code' as const)

type Method = 'qr' | 'phone-code'

/** Shows a provider for a moment, checks the whole page, and removes it. */
async function look(provider: PairingSource, method: Method): Promise<void> {
  said.length = 0
  try {
    render(
      <WhatsAppPairing
        provider={provider}
        queryClient={new QueryClient()}
        defaultMethod={method}
        defaultPhoneNumber="5511987654321"
      />,
    )
    await settle()
    const button = document.querySelector('[data-part="submit-button"]')
    if (button) fireEvent.click(button)
    await settle()
    const foreign = foreignIn(document.body)
    assert(foreign.length === 0, `In the page: ${foreign.join(' · ')}`)
    assert(typeof shownStatus() === 'string', 'Nothing is left of the page.')
  } finally {
    cleanup()
    // The cache would keep this session for a minute and affect the next tests.
    vi.clearAllTimers()
  }
  assert(said.length === 0, `On the console: ${said.join('\n')}`)
}

/** Every conversation of an adapter with its provider that the page can show, with random damage. */
async function spoiltReads(adapter: FuzzedAdapter): Promise<fc.Arbitrary<Conversation>> {
  const reads: readonly CallName[] = callNamesOf(adapter.make({ fetch: fetchOf([]) })).filter(
    (name) => name !== 'reset' && name !== 'unlink',
  )
  const conversations = await Promise.all(reads.map((call) => recordConversations(adapter, call)))
  return spoiltConversation(conversations.flat(), adapter.words)
}

describe('the page with random answers', () => {
  it('shows only codes, names and pictures of a provider', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer, methods, async (answer, method) => {
        const give = (): PairingSnapshot => JSON.parse(JSON.stringify(answer))
        const provider = scriptedProvider({ getQrCode: give, getStatus: give, requestPairingCode: give })
        await look(provider, method)
      }),
      randomRuns(100, 2_000),
    )
  })

  it.each(fuzzedAdapters.map((adapter) => [adapter.name, adapter] as const))(
    'shows only the same content for answers of %s through the server',
    { timeout: TIMEOUT_MS },
    async (_name, adapter) => {
      const url = 'https://host.example/api/pairing'
      await fc.assert(
        fc.asyncProperty(
          await spoiltReads(adapter),
          methods,
          fc.boolean(),
          async (conversation, method, live) => {
            const { fetch } = createPageServer(url, adapter.make({ fetch: fetchOf(conversation) }))
            await look(proxy({ url, fetch, live }), method)
          },
        ),
        randomRuns(10, 60),
      )
    },
  )
})

describe('the check of the page', () => {
  it.each([
    '<script></script>',
    '<iframe></iframe>',
    '<svg><script></script></svg>',
    '<svg><foreignObject></foreignObject></svg>',
    '<svg><path d="M0 0" onclick="x"></path></svg>',
    '<button onclick="x"></button>',
    '<a data-part="passkey-help" href="javascript:x"></a>',
    '<a href="https://evil.example/"></a>',
    '<img src="https://evil.example/1.png">',
    '<img src="data:image/svg+xml,<svg onload=x>">',
    '<div style="background: url(https://evil.example/)"></div>',
    '<div data-part="" aria-label="javascript:&quot;<"></div>',
    '<input value="<b>">',
    `<p>${HOSTILE_MARK}</p>`,
    `<!--${HOSTILE_MARK}-->`,
  ])('finds %s', (html) => {
    const page = document.createElement('div')
    page.innerHTML = `<div>${html}</div>`
    expect(foreignIn(page)).not.toEqual([])
  })
})
