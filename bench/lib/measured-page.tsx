// The page under test, in Chromium. The URL selects the content: the package's component, its hook, or the
// page that a developer would write by hand.

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { QRCodeSVG } from 'qrcode.react'
import { Profiler, type ReactElement, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import {
  type PairingProvider,
  type PairingSource,
  proxy,
  usePairingSession,
  WhatsAppPairing,
} from 'whatsapp-pairing'
import 'whatsapp-pairing/styles.css'

/** One commit of React, and the content of the screen after it. */
export interface Commit {
  readonly at: number
  /** Identifies the code. Empty if there is no code. */
  readonly code: string
  /** The announced remaining time; empty without an announcement. */
  readonly announcement: string
}

declare global {
  interface Window {
    /** What the bench reads. */
    measured: {
      readonly commits: Commit[]
      /** Requests of each session so far. */
      readonly requests: number[]
    }
  }
}

type Kind = 'drop-in' | 'hook' | 'bare'

/** The fields of a code on the page, from any source. */
interface BareCode {
  readonly value: string
  readonly expiresAt: number
}

/** Longer than any table measures. Pages that poll have one code and read only the state. */
const CODE_MS = 600_000

const INTERVAL_MS = 3_000

/** More codes than any table shows. */
const ALL_CODES = 1_000

const parameters = new URLSearchParams(location.search)
const kind = kindOf(parameters.get('kind'))
const sessions = Number(parameters.get('sessions') ?? 1)
/** The URL of the handler. Without it, the provider is part of the page. */
const url = parameters.get('url')

window.measured = { commits: [], requests: Array.from({ length: sessions }, () => 0) }

function kindOf(value: string | null): Kind {
  return value === 'drop-in' || value === 'hook' ? value : 'bare'
}

function countRequest(index: number): void {
  window.measured.requests[index] = (window.measured.requests[index] ?? 0) + 1
}

const textOf = (index: number): string =>
  `2@${String(index).padStart(4, '0')}${'x'.repeat(150)},${'y'.repeat(44)},${'z'.repeat(44)}`

/** A provider inside the page, so that only the page is measured. */
function inPageProvider(index: number): PairingProvider {
  return {
    id: 'bench',
    sessionId: String(index),
    timing: {
      qrLifetimeMs: CODE_MS,
      qrIntervalMs: CODE_MS,
      qrMinIntervalMs: 1_000,
      statusIntervalMs: INTERVAL_MS,
      pairingCodeLifetimeMs: CODE_MS,
      requestTimeoutMs: 10_000,
    },
    async getStatus() {
      countRequest(index)
      return { status: 'unlinked' }
    },
    async getQrCode() {
      countRequest(index)
      return { status: 'qr', qrCode: { kind: 'text', value: textOf(index) }, expiresInMs: CODE_MS }
    },
  }
}

const sourceOf = (index: number): PairingSource =>
  url === null ? inPageProvider(index) : proxy({ url, live: parameters.get('live') === '1' })

function HookPage({ source }: { source: PairingSource }): ReactElement {
  const { session } = usePairingSession({ provider: source, maxRefreshes: ALL_CODES })
  if (session.status !== 'awaiting-scan') return <p>{session.status}</p>
  const { payload } = session.qrCode
  return payload.kind === 'text' ? (
    <QRCodeSVG value={payload.value} size={256} />
  ) : (
    <img src={payload.src} alt="" />
  )
}

async function fetchCode(index: number): Promise<BareCode | null> {
  if (url === null) {
    countRequest(index)
    await Promise.resolve()
    return { value: textOf(index), expiresAt: performance.timeOrigin + CODE_MS }
  }
  const response = await fetch(`${url}?want=code&method=qr`)
  const { qrCode, expiresInMs } = await response.json()
  // Rounded to seconds for the countdown, because the milliseconds differ in each response.
  return qrCode
    ? { value: qrCode.value, expiresAt: Math.round((Date.now() + expiresInMs) / 1_000) * 1_000 }
    : null
}

/** A page written by hand: one query every three seconds, a countdown and two tabs. */
function BarePage({ index }: { index: number }): ReactElement {
  const [tab, setTab] = useState<'qr' | 'phone'>('qr')
  const [phone, setPhone] = useState('')
  const [now, setNow] = useState(Date.now)
  const { data } = useQuery({
    queryKey: ['code', index],
    queryFn: () => fetchCode(index),
    refetchInterval: INTERVAL_MS,
  })
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <section>
      <button type="button" onClick={() => setTab('qr')}>
        QR code
      </button>
      <button type="button" onClick={() => setTab('phone')}>
        Phone number
      </button>
      {tab === 'phone' && <input value={phone} onChange={({ target }) => setPhone(target.value)} />}
      {tab === 'qr' && (data ? <QRCodeSVG value={data.value} size={256} /> : <p>Loading…</p>)}
      {data && <p>{Math.max(Math.round((data.expiresAt - now) / 1_000), 0)} s left</p>}
    </section>
  )
}

function Page({ index }: { index: number }): ReactElement {
  const [source] = useState(() => sourceOf(index))
  if (kind === 'bare') return <BarePage index={index} />
  return kind === 'hook' ? (
    <HookPage source={source} />
  ) : (
    <WhatsAppPairing provider={source} maxRefreshes={ALL_CODES} />
  )
}

const codePlace = kind === 'drop-in' ? "[data-part='qr-code']" : '#root'

/** Returns the path that draws the code, or the URL of its picture. */
function shownCode(): string {
  const drawn = document.querySelector(`${codePlace} svg[height='256'] path:last-child`)?.getAttribute('d')
  return drawn ?? document.querySelector(`${codePlace} img`)?.getAttribute('src') ?? ''
}

/** React calls it only in a profiling build. */
function recordCommit(): void {
  const announcement = document.querySelector("[data-part='announcement']")?.textContent ?? ''
  window.measured.commits.push({ at: performance.now(), code: shownCode(), announcement })
}

const place = document.getElementById('root')
if (!place) throw new Error('The page has no root.')
createRoot(place).render(
  <QueryClientProvider client={new QueryClient()}>
    <Profiler id="page" onRender={recordCommit}>
      {Array.from({ length: sessions }, (_, index) => (
        // The order never changes.
        // biome-ignore lint/suspicious/noArrayIndexKey: it is the id of the session.
        <Page key={index} index={index} />
      ))}
    </Profiler>
  </QueryClientProvider>,
)
