import { NOISE_WA_HEADER } from 'baileys'

const LENGTH_BYTES = 3
/** The length of `ED`, two version bytes and three length bytes before routing information. */
const ROUTING_HEADER_BYTES = 7

/** Splits a client's data into frames: one introduction, then pairs of length and content. */
export function createFrameReader(): (chunk: Uint8Array) => readonly Buffer[] {
  let pending: Buffer = Buffer.alloc(0)
  let isIntroduced = false
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    if (!isIntroduced) {
      const rest = afterIntroduction(pending)
      if (!rest) return []
      pending = rest
      isIntroduced = true
    }
    const frames: Buffer[] = []
    while (pending.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + pending.readUIntBE(0, LENGTH_BYTES)
      if (pending.length < end) break
      frames.push(pending.subarray(LENGTH_BYTES, end))
      pending = pending.subarray(end)
    }
    return frames
  }
}

/** Returns the content with its length as a prefix. */
export function frameOf(content: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUIntBE(content.length, 0, LENGTH_BYTES)
  return Buffer.concat([length, content])
}

/** Returns `undefined` until the introduction is complete. */
function afterIntroduction(bytes: Buffer): Buffer | undefined {
  const hasRouting = bytes.subarray(0, 2).toString() === 'ED'
  if (hasRouting && bytes.length < ROUTING_HEADER_BYTES) return undefined
  const start = hasRouting ? ROUTING_HEADER_BYTES + bytes.readUIntBE(4, LENGTH_BYTES) : 0
  const end = start + NOISE_WA_HEADER.length
  if (bytes.length < end) return undefined
  if (!bytes.subarray(start, end).equals(NOISE_WA_HEADER)) throw new Error('Not a WhatsApp client.')
  return bytes.subarray(end)
}
