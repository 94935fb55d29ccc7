import { describe, expect, it } from 'vitest'
import { isPaymentRequired } from '../../src/providers/lib/payment-required.js'
import { type Answer, json, page, rejection, stubFetch, text } from './fetch-stub.js'
import { eachHttpAdapter, httpAdapters, number } from './http-adapters.js'

// Reports of an unpaid plan from a provider or from a reseller of its servers. They have any words and any HTTP status, and are
// JSON or text. Other subjects do not count: other things that expire, other subscriptions and payments, rate limits, and pages,
// which a gateway may have sent.

const due = [
  'To continue sending a message, you must subscribe to this instance again',
  'Subscription expired',
  'Your subscription has been canceled.',
  'SUBSCRIPTION_REQUIRED',
  'subscriptionExpired',
  'Your subscription is not active',
  'You do not have an active subscription.',
  'Your plan has expired, please renew it',
  'Trial period ended',
  'Your free trial is over. Please upgrade your plan.',
  'Payment required',
  'Payment overdue',
  'There is an outstanding invoice.',
  'Your invoice is unpaid',
  'Your account is overdue',
  'The payment was not received',
  'This instance was suspended because of non-payment',
  'You need to pay for the next month',
  'Please renew your subscription',
  'Insufficient balance',
  'License expired',
  'Instance expired',
  'INSTANCE_EXPIRED',
  'This instance is not paid',
  'The instance was deactivated due to a failed payment',
  'Instance disabled for lack of payment',
  'Instância bloqueada por falta de pagamento',
  'Instancia suspendida por falta de pago',
  'Instance account is expired. Renew your instance from personal area',
  'Please go to your personal account and change the tariff to business',
  'Assinatura vencida',
  'Sua assinatura expirou. Renove para continuar.',
  'A assinatura desta instância está cancelada',
  'Sua assinatura não está ativa',
  'Para continuar enviando mensagens, você precisa assinar esta instância novamente',
  'Pagamento pendente',
  'Conta suspensa por inadimplência',
  'Fatura em aberto',
  'Seu plano venceu',
  'Su suscripción ha caducado',
  'Suscripción vencida',
  'Pago pendiente',
  'Renueve su plan',
  'Saldo insuficiente',
  'Подписка истекла',
  'Срок действия тарифа истёк',
  'Инстанс не оплачен',
  'Пожалуйста, оплатите инстанс',
]

const notDue = [
  '',
  'Unauthorized',
  'Session expired',
  'Your session has expired, please scan again',
  'Token expired',
  'The QR code of this instance expired',
  'The failed payment message was not sent',
  'The instance token expired',
  'The QR code has expired. Please renew the QR code.',
  'Please renew your API key',
  'You must subscribe to the webhook events first',
  'Please subscribe to presence updates',
  'Webhook subscription expired',
  'Your subscription is active',
  'Payment messages are not supported',
  'Payments are not enabled on this WhatsApp Business account',
  'You must pay attention to the format of the number',
  'A request overdue by 5 s',
  'Instance not found',
  'The "payment-bot" instance does not exist',
  'The "subscription" instance does not exist',
  'Please upgrade your WhatsApp',
  'The plan of the connection is unknown',
  'Sessão expirada',
  'Token de assinatura inválido',
  'Instância não encontrada',
  'Токен истёк',
  'Срок действия сессии истёк',
]

describe('isPaymentRequired()', () => {
  it.each(due)('recognises %j', (words) => {
    expect(isPaymentRequired(words)).toBe(true)
  })

  it.each(notDue)('ignores %j', (words) => {
    expect(isPaymentRequired(words)).toBe(false)
  })

  it('reads only the first 1,000 characters, because a search takes time', () => {
    expect(isPaymentRequired(`${'a '.repeat(480)}subscription expired`)).toBe(true)
    expect(isPaymentRequired(`${'a '.repeat(500)}subscription expired`)).toBe(false)
  })
})

const unpaid: readonly (readonly [string, Answer])[] = [
  ['HTTP 402 with JSON of any form', json({ detail: 'No.' }, 402)],
  ['the text of Z-API with HTTP 400', json({ error: due[0] }, 400)],
  ['a text in "message" with HTTP 403', json({ statusCode: 403, message: 'Payment overdue' }, 403)],
  [
    'a text in a nested error with HTTP 401',
    json({ error: { message: 'Your subscription has expired' } }, 401),
  ],
  ['a text in a list with HTTP 404', json({ status: 404, response: { message: ['Trial expired'] } }, 404)],
  ['plain text with HTTP 400', text('Assinatura vencida', 400)],
  ['escaped Portuguese', text('{"error":"Sua assinatura n\\u00e3o est\\u00e1 ativa"}', 400)],
  ['a text with HTTP 500', json({ message: 'Plan expired' }, 500)],
]

describe.each(eachHttpAdapter)('%s', (_, { make }) => {
  it.each(unpaid)('reports "subscription-expired" after %s', async (_title, answer) => {
    const { fetch } = stubFetch(answer)
    expect((await rejection(make(fetch).getStatus({}))).code).toBe('subscription-expired')
    expect((await rejection(make(fetch).getQrCode({}))).code).toBe('subscription-expired')
    const { requestPairingCode } = make(fetch)
    if (requestPairingCode)
      expect((await rejection(requestPairingCode(number, {}))).code).toBe('subscription-expired')
  })

  it('keeps "rate-limited" if the text also names a payment', async () => {
    const { fetch } = stubFetch(json({ message: 'Too many requests. Please upgrade your plan.' }, 429))
    expect((await rejection(make(fetch).getStatus({}))).code).toBe('rate-limited')
  })

  it('does not treat the page of a gateway as the provider’s response, for any text on it', async () => {
    const { fetch } = stubFetch(page(402, 'Payment required'))
    expect((await rejection(make(fetch).getStatus({}))).code).toBe('provider-unavailable')
  })
})

it.each(['getStatus', 'getQrCode'] as const)(
  '%s() of zApi rejects with "subscription-expired" if Z-API reports it with HTTP 200',
  async (call) => {
    const { fetch } = stubFetch(json({ connected: false, error: due[0] }))
    expect((await rejection(httpAdapters.zApi.make(fetch)[call]({}))).code).toBe('subscription-expired')
  },
)
