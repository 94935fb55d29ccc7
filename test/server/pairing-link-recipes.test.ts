import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pairingLinkToken } from '../../src/client/pairing-link-token.js'
import { proxy } from '../../src/client/proxy.js'
import { normalizePhoneNumber } from '../../src/core/phone-number.js'
import { createPairingLink, redeemPairingLink, verifyPairingLink } from '../../src/server/pairing-link.js'
import type { PairingLinkClaims } from '../../src/server/pairing-link-token.js'
import { separateHandler } from './setup.js'
import { spyProvider } from './spy-provider.js'

const SECRET = 'kV2x9Qp7Lr4Tn8Ws1Zb6Yc3Hd5Jf0Gm_'
const page = readFileSync(
  resolve(import.meta.dirname, '../../stories/docs/status-and-pairing-links.mdx'),
  'utf8',
)

/** The only block of the documentation in this language. */
function snippet(language: string): string {
  const found = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))]
  expect(found).toHaveLength(1)
  return found[0]?.[1] ?? ''
}

const python = (code: string): string =>
  execFileSync('python3', ['-c', `import sys\n${code}`, SECRET], { encoding: 'utf8' }).trim()

describe('a pairing link of another back end', () => {
  it.each(['tenant-7', 'Zoë "日本" 🇯🇵', '\\u0000/../'])(
    'is accepted if the documented Python code created it for %s',
    async (sessionId) => {
      const call = `print(pairing_link(${JSON.stringify(sessionId).replaceAll('🇯🇵', '\\U0001F1EF\\U0001F1F5')}, sys.argv[1]))`
      const link = python(`${snippet('python')}\n${call}`)
      expect(link).toMatch(/^https:\/\/app\.example\/pair#pairing=/)
      const claims = await verifyPairingLink(pairingLinkToken(link), { secret: SECRET })
      expect(claims).toEqual({
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        sessionId,
        expiresAt: expect.closeTo(Date.now() + 16 * 60_000, -5),
      })
      await expect(
        verifyPairingLink(pairingLinkToken(link), { secret: SECRET.toLowerCase() }),
      ).rejects.toMatchObject({ code: 'forbidden' })
    },
  )

  it('has the same claims, header and signature in PHP and in Python', () => {
    const php = snippet('php')
    const names = (code: string): string[] => [
      ...new Set(code.match(/(?<=["'])(?:aud|sub|jti|exp)(?=["'])/g)),
    ]
    expect(names(php)).toEqual(names(snippet('python')))
    for (const text of ['whatsapp-pairing', '{"alg":"HS256","typ":"JWT"}', '+ 900']) {
      expect(php).toContain(text)
      expect(snippet('python')).toContain(text)
    }
  })
})

describe('a single-use link, as documented', () => {
  it('opens in the first browser, also after a reload, and in no other', async () => {
    const opened = new Set<string>()
    const take = (key: string): boolean => !opened.has(key) && opened.add(key).has(key)
    const provider = spyProvider()
    const claimsOf = ({ headers }: Request): Promise<PairingLinkClaims> => {
      const token = /(?:^|; )pairing=([^;]+)/.exec(headers.get('cookie') ?? '')?.[1]
      return verifyPairingLink(token, { secret: SECRET, redeemed: true })
    }
    const handler = separateHandler({
      authorize: claimsOf,
      provider: () => provider,
      tenant: async (request) => (await claimsOf(request)).sessionId,
    })
    const url = 'https://app.example/pair'
    const link = await createPairingLink({
      secret: SECRET,
      url,
      sessionId: 'a',
      expectedPhoneNumber: '5511987654321',
    })
    const headers = { authorization: `Bearer ${pairingLinkToken(link)}` }
    const { token } = await redeemPairingLink(new Request(url, { method: 'POST', headers }), {
      secret: SECRET,
      take,
    })
    const browser = (cookie: string) =>
      proxy({
        url: 'https://app.example/api/pairing',
        headers: { cookie },
        fetch: (input, init) => handler(new Request(input, init)),
      }).connection

    const first = browser(`theme=dark; pairing=${token}`)
    for (let load = 0; load < 2; load += 1)
      expect(await first.read({ want: 'code', method: 'qr' })).toMatchObject({ status: 'qr' })
    await expect(
      first.act('request-pairing-code', {
        method: 'phone-code',
        phoneNumber: normalizePhoneNumber('447700900123'),
      }),
    ).rejects.toMatchObject({ code: 'wrong-phone-number' })

    await expect(
      redeemPairingLink(new Request(url, { headers }), { secret: SECRET, take }),
    ).rejects.toMatchObject({
      code: 'forbidden',
    })
    for (const cookie of ['', `pairing=${pairingLinkToken(link)}`, `pairing=${token}x`])
      await expect(browser(cookie).read({ want: 'code', method: 'qr' })).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:sign-in-required|forbidden)$/),
      })
    expect(provider.calls).toEqual(['getQrCode'])
  })
})
