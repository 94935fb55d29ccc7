import { describe, expect, it, vi } from 'vitest'
import { emulateTime, settle } from '../time.js'
import { createSetup, separateHandler, updateOf } from './setup.js'
import { spyProvider } from './spy-provider.js'

emulateTime()

const account = { phoneNumber: '5511987654321', name: 'Ana' }

/** The picture that a page receives: from a read, from live events and after an action. */
async function shownWith(avatarHosts: readonly string[] | undefined, avatarUrl: string): Promise<unknown> {
  const setup = createSetup(
    {
      getStatus: async () => ({ status: 'linked', account: { ...account, avatarUrl } }),
      unlink: async () => {},
    },
    { avatarHosts },
  )
  const read = await updateOf(setup.get())
  const tab = await setup.watch()
  const pushed = tab.events.at(-1)?.data.account
  tab.leave()
  await settle()
  expect(read.account).toMatchObject(account)
  expect(pushed).toEqual(read.account)
  return read.account?.avatarUrl
}

describe('avatarHosts', () => {
  it.each<[string, readonly string[] | undefined, string, boolean]>([
    ['no list', undefined, 'https://tracker.example/a.jpg', true],
    ['the host itself', ['pps.whatsapp.net'], 'https://pps.whatsapp.net/v/t61.jpg?oh=1', true],
    ['one of several hosts', ['a.example', 'pps.whatsapp.net'], 'https://pps.whatsapp.net/a.jpg', true],
    ['a host in capitals', ['pps.whatsapp.net'], 'https://PPS.WhatsApp.net/a.jpg', true],
    ['a subdomain, with a star', ['*.whatsapp.net'], 'https://media-ber1-1.cdn.whatsapp.net/a.jpg', true],
    ['an empty list', [], 'https://pps.whatsapp.net/a.jpg', false],
    ['another host', ['pps.whatsapp.net'], 'https://tracker.example/a.jpg', false],
    ['a subdomain, without a star', ['whatsapp.net'], 'https://pps.whatsapp.net/a.jpg', false],
    ['the parent host of a star', ['*.whatsapp.net'], 'https://whatsapp.net/a.jpg', false],
    ['a host with the same ending', ['*.whatsapp.net'], 'https://evilwhatsapp.net/a.jpg', false],
    ['the host in the path', ['pps.whatsapp.net'], 'https://tracker.example/pps.whatsapp.net', false],
    ['the host in the query', ['pps.whatsapp.net'], 'https://tracker.example/?pps.whatsapp.net', false],
    ['a longer host', ['pps.whatsapp.net'], 'https://pps.whatsapp.net.tracker.example/a.jpg', false],
  ])('allows or removes an address by its host: %s', async (_, hosts, url, isShown) => {
    expect(await shownWith(hosts, url)).toBe(isShown ? url : undefined)
  })

  it.each<unknown>([
    ...[
      'https://pps.whatsapp.net',
      'pps.whatsapp.net/',
      'PPS.whatsapp.net',
      '*',
      '',
      'a.example:443',
      '*whatsapp.net',
      '*.',
    ],
    ...[7, null],
  ])('throws "invalid-options" for %j, which never matches', (host) => {
    const options = { provider: spyProvider(), authorize: () => true, avatarHosts: [String(host)] }
    if (typeof host !== 'string') Reflect.set(options, 'avatarHosts', host)
    expect(() => separateHandler(options)).toThrow(expect.objectContaining({ code: 'invalid-options' }))
  })

  it('does not change the address that onLinked receives on the server', async () => {
    const onLinked = vi.fn()
    const avatarUrl = 'https://tracker.example/a.jpg'
    const setup = createSetup(
      { getStatus: async () => ({ status: 'linked', account: { ...account, avatarUrl } }) },
      { avatarHosts: [], onLinked },
    )
    await setup.get()
    expect(onLinked.mock.calls[0]?.[0]).toMatchObject({ account: { avatarUrl } })
  })
})
