import { QueryClient } from '@tanstack/react-query'
import { Fragment, type ReactElement, StrictMode, useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'
import {
  type PairingMethod,
  type PairingSession,
  type PairingSource,
  usePairingSession,
} from '../../src/index.js'
import { PairingCard } from '../../src/parts.js'

/** How the component is mounted on a page. */
export interface PageOptions {
  /** How many copies of the component are mounted. */
  readonly copies?: number
  readonly isStrict?: boolean
}

/** A browser page with the component, as its user and its host see it. */
export interface Page {
  /** The session on screen; `undefined` while the page is closed. */
  readonly session: PairingSession | undefined
  /** How often the host's `onLinked` and `onError` were called. */
  readonly told: { linked: number; error: number }
  /** The same counts from the events that the host received. */
  readonly events: { linked: number; error: number }
  /** The number of sessions in the cache. */
  readonly cached: number
  open(): void
  close(): void
  /** Presses a button, by its `data-part`. */
  press(part: 'submit-button' | 'retry-button'): void
  choose(method: PairingMethod): void
  /** False: the browser cannot draw any picture. */
  canDraw: boolean
}

/** The time from the arrival of a file until the browser detects that it is not a picture. */
const DRAWING_MS = 50

/** As the phone's owner types it. */
const TYPED_NUMBER = '+55 11 98765-4321'

const find = (selector: string): HTMLElement | null => document.querySelector<HTMLElement>(selector)

/** @param source Called on every render, as in a component that writes it inline. */
export function createPage(
  source: () => PairingSource,
  defaultMethod: PairingMethod,
  { copies = 1, isStrict = false }: PageOptions,
): Page {
  const queryClient = new QueryClient()
  let session: PairingSession | undefined
  let leave = (): void => {}

  function Screen(): ReactElement {
    const pairing = usePairingSession({
      provider: source(),
      queryClient,
      defaultMethod,
      onLinked: () => {
        page.told.linked += 1
      },
      onError: () => {
        page.told.error += 1
      },
      onEvent: ({ type }) => {
        if (type === 'linked') page.events.linked += 1
        if (type === 'failed') page.events.error += 1
      },
    })
    useLayoutEffect(() => {
      session = pairing.session
      if (page.canDraw || session.status !== 'awaiting-scan') return
      const picture = find('[data-part="qr-code"] img')
      setTimeout(() => picture?.dispatchEvent(new Event('error')), DRAWING_MS)
    })
    return <PairingCard pairing={pairing} appName="Acme Inbox" defaultPhoneNumber={TYPED_NUMBER} />
  }

  const page: Page = {
    told: { linked: 0, error: 0 },
    events: { linked: 0, error: 0 },
    canDraw: true,
    get session() {
      return session
    },
    get cached() {
      return queryClient.getQueryCache().getAll().length
    },
    open() {
      const place = document.body.appendChild(document.createElement('main'))
      const root = createRoot(place)
      const Wrapper = isStrict ? StrictMode : Fragment
      const screens = Array.from({ length: copies }, (_, index) => index)
      root.render(
        <Wrapper>
          {screens.map((index) => (
            <Screen key={index} />
          ))}
        </Wrapper>,
      )
      leave = () => {
        root.unmount()
        place.remove()
        session = undefined
      }
    },
    close() {
      leave()
      leave = () => {}
    },
    press: (part) => find(`[data-part="${part}"]`)?.click(),
    choose(method) {
      const tabs = document.querySelectorAll<HTMLElement>('[role="tab"]')
      tabs[session?.methods.indexOf(method) ?? -1]?.click()
    },
  }
  return page
}
