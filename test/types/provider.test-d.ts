// `npm run types` checks this file. Nothing in it runs.
import { describe, expectTypeOf, it } from 'vitest'
import type {
  PairingProvider,
  PairingSnapshot,
  PhoneNumber,
  ProviderTiming,
  QrPayload,
} from 'whatsapp-pairing'
import { baileys } from 'whatsapp-pairing/providers/baileys'
import { evolutionApi } from 'whatsapp-pairing/providers/evolution-api'
import { ownServer } from 'whatsapp-pairing/providers/own-server'
import { waha } from 'whatsapp-pairing/providers/waha'
import { wasend } from 'whatsapp-pairing/providers/wasend'
import { zApi } from 'whatsapp-pairing/providers/z-api'
import {
  createEmulator,
  type MockServer,
  mockGreenApi,
  type TestProviderOptions,
  testProvider,
} from 'whatsapp-pairing/testing'

declare const timing: ProviderTiming
declare const qrCode: QrPayload

describe('PairingProvider', () => {
  it('accepts a plain object with two methods', () => {
    const smallest = {
      id: 'mine',
      sessionId: '1',
      timing,
      getStatus: async () => ({ status: 'unlinked' }) as const,
      getQrCode: async () => ({ status: 'qr', qrCode }) as const,
    }
    expectTypeOf(smallest).toExtend<PairingProvider>()
    expectTypeOf<Omit<typeof smallest, 'getQrCode'>>().not.toExtend<PairingProvider>()
    expectTypeOf<Omit<typeof smallest, 'timing'>>().not.toExtend<PairingProvider>()
  })

  it('receives a validated number, and an AbortSignal with every call', () => {
    type Call = NonNullable<PairingProvider['requestPairingCode']>
    expectTypeOf<Parameters<Call>[0]>().toEqualTypeOf<PhoneNumber>()
    expectTypeOf<Parameters<PairingProvider['getStatus']>[0]['signal']>().toEqualTypeOf<
      AbortSignal | undefined
    >()
  })

  it('requires complete snapshots', () => {
    expectTypeOf<{ status: 'linking' }>().toExtend<PairingSnapshot>()
    expectTypeOf<{ status: 'qr' }>().not.toExtend<PairingSnapshot>()
    expectTypeOf<{ status: 'linked' }>().not.toExtend<PairingSnapshot>()
    expectTypeOf<{ status: 'qr'; qrCode: string }>().not.toExtend<PairingSnapshot>()
    expectTypeOf<{ status: 'open' }>().not.toExtend<PairingSnapshot>()
  })
})

describe('the adapters', () => {
  it('return a PairingProvider', () => {
    expectTypeOf(zApi).returns.toEqualTypeOf<PairingProvider>()
    expectTypeOf(wasend).returns.toEqualTypeOf<PairingProvider>()
    expectTypeOf(evolutionApi).returns.toEqualTypeOf<PairingProvider>()
    expectTypeOf(waha).returns.toEqualTypeOf<PairingProvider>()
    expectTypeOf(ownServer).returns.toEqualTypeOf<PairingProvider>()
    expectTypeOf(baileys).returns.toExtend<PairingProvider>()
  })

  it('require the credentials of their provider', () => {
    // @ts-expect-error: `token` is missing.
    zApi({ instanceId: '1' })
    // @ts-expect-error: `sessionId` is missing.
    wasend({ apiKey: '…' })
    // @ts-expect-error: `instanceName` is missing.
    evolutionApi({ baseUrl: 'https://evolution.example.com', apiKey: '…' })
    // @ts-expect-error: `session` is missing.
    waha({ baseUrl: 'https://waha.example.com', apiKey: '…' })
    // @ts-expect-error: `url` is missing.
    ownServer({})
  })
})

describe('whatsapp-pairing/testing', () => {
  it('has mock servers that share one emulated account', () => {
    expectTypeOf(mockGreenApi).parameter(0).toExtend<ReturnType<typeof createEmulator>>()
    expectTypeOf(
      mockGreenApi(createEmulator(), { idInstance: '1101', apiTokenInstance: '…' }),
    ).toExtend<MockServer>()
    expectTypeOf<MockServer['fetch']>().toExtend<typeof fetch>()
  })

  it("runs the provider rules with the test runner's own describe and it", () => {
    expectTypeOf(testProvider).parameter(0).toExtend<TestProviderOptions>()
    expectTypeOf(testProvider).returns.toBeVoid()
  })
})
