import { PairingError } from '../../core/errors.js'
import { methodsOf, type PairingProvider } from '../../core/provider.js'
import { check, outcomeOf, rejectionOf, settle } from './check.js'
import { everythingIn } from './everything-in.js'
import { isMethods, timingFault } from './snapshot-form.js'
import type { ProviderUnderTest, Rule } from './subject.js'
import { createWorld } from './world.js'

const ABILITIES = ['requestPairingCode', 'reset', 'unlink', 'subscribe', 'readWebhook'] as const

/** What a provider is, before it is asked anything. */
export function identityRules(subject: ProviderUnderTest): readonly Rule[] {
  const { secrets = [], invalid = {}, serverOnly = false } = subject
  const make = (): PairingProvider => createWorld(subject).provider

  const rules: Rule[] = [
    {
      name: 'has an id in kebab-case',
      async run() {
        const { id } = make()
        check(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(id), `The id ${JSON.stringify(id)} is not kebab-case.`)
      },
    },
    {
      name: 'has a session id without a secret in it',
      async run() {
        const { sessionId } = make()
        check(
          typeof sessionId === 'string' && sessionId.trim() !== '',
          'The sessionId is empty: all sessions of this provider would be one.',
        )
        for (const secret of secrets)
          check(!sessionId.includes(secret), 'The sessionId holds a secret, and becomes part of query keys.')
      },
    },
    {
      name: 'is the same provider when it is made again',
      async run() {
        const [first, second] = [make(), make()]
        check(
          first.id === second.id && first.sessionId === second.sessionId,
          'Made twice with the same options, it has two ids: each render would begin another session.',
        )
      },
    },
    {
      name: 'has a timing that can be kept',
      async run() {
        const fault = timingFault(make().timing)
        check(fault === undefined, `timing: ${fault}.`)
      },
    },
    {
      name: 'has the abilities that it offers, and offers those that it has',
      async run() {
        const provider = make()
        for (const name of ABILITIES) {
          const kind = typeof provider[name]
          check(kind === 'function' || kind === 'undefined', `${name} is neither a function nor missing.`)
        }
        const offered = methodsOf(provider)
        check(isMethods(offered), `methods is ${JSON.stringify(offered)}.`)
        // What a server stands in front of is told by the answers, as `proxy` does it.
        const told = (await provider.getStatus({})).methods ?? []
        const has = typeof provider.requestPairingCode === 'function'
        const offers = offered.includes('phone-code') || told.includes('phone-code')
        check(!offers || has, 'It offers "phone-code" and has no requestPairingCode.')
        check(
          offers || !has,
          'It has requestPairingCode and never offers "phone-code": no one would find it.',
        )
      },
    },
    {
      name: 'keeps its secrets to itself',
      async run() {
        const text = everythingIn(make())
        for (const secret of secrets)
          check(
            !text.includes(secret),
            'A field of the provider holds a secret: devtools and logs would show it.',
          )
      },
    },
    {
      name: 'asks nothing before it is asked',
      async run() {
        const { server } = createWorld(subject)
        await settle()
        check(server.requests.length === 0, 'Making it sent a request: components make it on every render.')
      },
    },
  ]

  for (const [title, attempt] of Object.entries(invalid)) {
    rules.push({
      name: `refuses ${title}, without repeating it`,
      async run() {
        const error = await rejectionOf('Making it', async () => attempt())
        check(error.code === 'invalid-options', `It threw "${error.code}", not "invalid-options".`)
        const text = everythingIn(error)
        for (const secret of secrets) check(!text.includes(secret), 'The error repeats a secret.')
      },
    })
  }

  if (serverOnly) {
    rules.push({
      name: 'refuses to be made in a browser, and says where it belongs',
      async run() {
        const outcome = await withWindow(() => outcomeOf(async () => make()))
        const error = 'error' in outcome && PairingError.isInstance(outcome.error) ? outcome.error : undefined
        check(error?.code === 'server-only', 'It should throw "server-only" where there is a window.')
        check(error.message.includes('createPairingHandler'), 'The error should name createPairingHandler().')
        const text = everythingIn(error)
        for (const secret of secrets) check(!text.includes(secret), 'The error repeats a secret.')
      },
    })
  }
  return rules
}

/** As in a browser. */
async function withWindow<Value>(run: () => Promise<Value>): Promise<Value> {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'window')
  Object.defineProperty(globalThis, 'window', { value: globalThis, configurable: true, writable: true })
  try {
    return await run()
  } finally {
    if (before) Object.defineProperty(globalThis, 'window', before)
    else Reflect.deleteProperty(globalThis, 'window')
  }
}
