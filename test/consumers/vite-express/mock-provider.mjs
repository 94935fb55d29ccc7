// @ts-check
// This file is loaded before the app's server (`node --import`). It passes requests with the credentials from
// the environment to the mock server of that provider. The mock server accepts only these credentials.
import { readFile } from 'node:fs/promises'
import * as testing from 'whatsapp-pairing/testing'

const text = await readFile(`pairing-real-${process.env.PAIRING_FILE}`, 'utf8')

/** The mock server that the file names for its simulated phone. */
const name = /\b(mock\w+)\(/.exec(text)?.[1] ?? ''
const mock = Object.entries(testing).find(([exported]) => exported === name)?.[1]
if (typeof mock !== 'function') throw new Error(`${process.env.PAIRING_FILE} names no mock server.`)

/**
 * Turns `{ Z_API_TOKEN: token }` of `process.env` into an option of the mock server, which uses the adapter's
 * names.
 */
const credentials = Object.fromEntries(
  [...text.matchAll(/\b([A-Z][A-Z_]+_[A-Z_]+): (\w+)/g)].map(([, variable = '', option = '']) => [
    option,
    process.env[variable],
  ]),
)
const headers = { authorization: `Bearer ${process.env.OWN_SERVER_KEY}` }

const phone = testing.linkAutomatically(testing.createEmulator(), { scanAfterMs: 1_000 })
const { fetch } = Reflect.apply(mock, undefined, [
  phone,
  { ...credentials, ...(name === 'mockOwnServer' && { headers }) },
])
globalThis.fetch = fetch
// Removes WebSocket, because only HTTP requests reach the mock server.
Reflect.deleteProperty(globalThis, 'WebSocket')
