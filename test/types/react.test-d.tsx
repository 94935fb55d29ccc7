// `npm run types` checks this file. Nothing in it runs.

import type { QueryClient } from '@tanstack/react-query'
import { type ComponentPropsWithRef, createRef } from 'react'
import { describe, expectTypeOf, it } from 'vitest'
import {
  type PairingAccount,
  type PairingError,
  type PairingProvider,
  type PairingProxy,
  type PairingSession,
  type PairingSource,
  PairingStatus,
  pairingStatusQueryOptions,
  proxy,
  type UsePairingSessionOptions,
  usePairingSession,
  usePairingStatus,
  WhatsAppPairing,
  WhatsAppPairingDialog,
  type WhatsAppPairingProps,
} from 'whatsapp-pairing'
import { en } from 'whatsapp-pairing/locales/en'

declare const provider: PairingProvider
declare const client: QueryClient

describe('proxy()', () => {
  it('requires a URL, and returns a source for components instead of a provider', () => {
    expectTypeOf(proxy).returns.toEqualTypeOf<PairingProxy>()
    expectTypeOf<PairingProxy>().toExtend<PairingSource>()
    expectTypeOf<PairingProvider>().toExtend<PairingSource>()
    expectTypeOf<PairingProxy>().not.toExtend<PairingProvider>()
    // @ts-expect-error: a URL is required.
    proxy({})
    proxy({ url: '/api/pairing', headers: { authorization: 'Bearer …' } })
    proxy({ url: '/api/pairing', headers: async () => ({ authorization: 'Bearer …' }) })
  })
})

describe('usePairingSession()', () => {
  it('accepts a provider or a proxy, and the callbacks', () => {
    expectTypeOf(usePairingSession).parameter(0).toEqualTypeOf<UsePairingSessionOptions>()
    const options: UsePairingSessionOptions = {
      provider,
      defaultMethod: 'phone-code',
      refreshMode: 'manual',
      maxRefreshes: Number.POSITIVE_INFINITY,
      queryClient: client,
      onLinked: (account) => expectTypeOf(account).toEqualTypeOf<PairingAccount>(),
      onError: (error) => expectTypeOf(error).toEqualTypeOf<PairingError>(),
    }
    expectTypeOf(options).toEqualTypeOf<UsePairingSessionOptions>()
    // @ts-expect-error: a provider is required.
    usePairingSession({})
    // @ts-expect-error: only two methods exist.
    usePairingSession({ provider, defaultMethod: 'sms' })
  })

  it('returns the session and the actions of the user', () => {
    const result = usePairingSession({ provider: proxy({ url: '/api/pairing' }) })
    expectTypeOf(result.session).toEqualTypeOf<PairingSession>()
    expectTypeOf(result.retry).toEqualTypeOf<() => void>()
    expectTypeOf(result.requestPairingCode).toEqualTypeOf<(phoneNumber?: string) => void>()
    expectTypeOf(result.unlink).toEqualTypeOf<() => Promise<void>>()
  })
})

describe('the components', () => {
  it('accept a provider, attributes of their element and a ref to it', () => {
    const card = createRef<HTMLElement>()
    const dialog = createRef<HTMLDialogElement>()
    expectTypeOf(
      <>
        <WhatsAppPairing provider={provider} ref={card} className="card" locale={en} theme="auto" />
        <WhatsAppPairingDialog provider={provider} ref={dialog} defaultOpen onOpenChange={(open) => !open} />
        <PairingStatus provider={provider} />
      </>,
    ).not.toBeAny()
    // @ts-expect-error: a provider is required.
    expectTypeOf(<WhatsAppPairing />).not.toBeAny()
    // @ts-expect-error: only four themes exist.
    expectTypeOf(<WhatsAppPairing provider={provider} theme="blue" />).not.toBeAny()
    type DialogRef = ComponentPropsWithRef<typeof WhatsAppPairingDialog>['ref']
    expectTypeOf(createRef<HTMLDivElement>()).not.toExtend<DialogRef>()
    expectTypeOf(dialog).toExtend<DialogRef>()
    // @ts-expect-error: the card has no `open`.
    expectTypeOf(<WhatsAppPairing provider={provider} open />).not.toBeAny()
  })

  it('accept classes and parts only under known names', () => {
    expectTypeOf<'qr-code'>().toExtend<keyof NonNullable<WhatsAppPairingProps['classNames']>>()
    expectTypeOf<'qrCode'>().not.toExtend<keyof NonNullable<WhatsAppPairingProps['classNames']>>()
    expectTypeOf<'QrCode'>().toExtend<keyof NonNullable<WhatsAppPairingProps['parts']>>()
    expectTypeOf<'Announcer'>().not.toExtend<keyof NonNullable<WhatsAppPairingProps['parts']>>()
  })
})

describe('the status of a link', () => {
  it('has one of four values', () => {
    const { link, unlink } = usePairingStatus(provider)
    expectTypeOf(link.status).toEqualTypeOf<'linked' | 'not-linked' | 'needs-attention' | 'unknown'>()
    expectTypeOf(unlink).toEqualTypeOf<() => Promise<void>>()
  })

  it('can be read with TanStack Query', async () => {
    const read = await client.fetchQuery(pairingStatusQueryOptions(provider))
    expectTypeOf(read.status).toEqualTypeOf<'linked' | 'not-linked' | 'needs-attention' | 'unknown'>()
  })
})
