// A process of its own, in plain JavaScript over `dist`: links a phone, and closes when it is told to. It says what
// happens in lines of JSON.
import { createInterface } from 'node:readline'
import { WA_CERT_DETAILS } from 'baileys'

const [waWebSocketUrl = '', rootKey = '', authFolder = ''] = process.argv.slice(2)
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex')

const { baileys } = await import(new URL('../../dist/providers/baileys.js', import.meta.url).href)
const provider = baileys({ authFolder, socketOptions: { waWebSocketUrl } })
provider.subscribe((/** @type {unknown} */ snapshot) => console.log(JSON.stringify(snapshot)), {})
await provider.reset({})

const orders = createInterface({ input: process.stdin })
orders.once('line', async () => {
  orders.close()
  process.stdin.destroy()
  await provider.close()
})
