import { webcrypto } from 'node:crypto'
import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from 'baileys'
import type { WebSocket } from 'ws'
import type { ServerCertificates } from './certificates.js'
import { createFrameReader, frameOf } from './frames.js'
import { type ClientIntroduction, createNoiseResponder } from './noise.js'

const { subtle } = webcrypto

/** A connected client. */
export interface Connection {
  send(node: BinaryNode): void
  /** Sends the client a last message. The client then disconnects. */
  end(node: BinaryNode): void
  /** Closes the connection without a message. */
  drop(): void
  /** Stops reading. */
  freeze(): void
}

export interface ConnectionListener {
  onIntroduction(connection: Connection, introduction: ClientIntroduction): void
  onNode(connection: Connection, node: BinaryNode): void | Promise<void>
  onClose(connection: Connection): void
  /** The client or this server has violated the protocol, so the connection was closed. */
  onFault(error: unknown): void
}

/**
 * The client derives one key in the same process at the same time. Many keys, one after the other, take longer on a machine of any
 * speed.
 */
async function deriveManyKeys(): Promise<void> {
  for (let count = 0; count < 20; count += 1) {
    const key = await subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveBits'])
    const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: new Uint8Array(0) }
    await subtle.deriveBits(algorithm, key, 512)
  }
}

/** Runs the handshake, sealed frames and stanzas over one WebSocket. */
export function acceptConnection(
  webSocket: WebSocket,
  certificates: ServerCertificates,
  listener: ConnectionListener,
  waitsForKeys = false,
): Connection {
  const noise = createNoiseResponder(certificates)
  const readFrames = createFrameReader()
  let areKeysDerived: Promise<void> | undefined
  const write = (frame: Buffer): void => {
    if (areKeysDerived) void areKeysDerived.then(() => webSocket.send(frame))
    else webSocket.send(frame)
  }
  let step: 'hello' | 'finish' | 'open' | 'ended' = 'hello'

  const connection: Connection = {
    send: (node) => {
      if (step === 'open') write(frameOf(noise.seal(encodeBinaryNode(node))))
    },
    end: (node) => {
      connection.send(node)
      step = 'ended'
    },
    drop: () => webSocket.terminate(),
    freeze: () => webSocket.pause(),
  }

  const onFrame = async (frame: Buffer): Promise<void> => {
    if (step === 'hello') {
      write(frameOf(noise.answerHello(frame)))
      step = 'finish'
    } else if (step === 'finish') {
      const introduction = noise.readFinish(frame)
      step = 'open'
      if (waitsForKeys) areKeysDerived = deriveManyKeys()
      listener.onIntroduction(connection, introduction)
    } else if (step === 'open') {
      await listener.onNode(connection, await decodeBinaryNode(noise.open(frame)))
    }
  }

  // Processes frames in sequence, because each frame is sealed with its sequence number.
  let last = Promise.resolve()
  webSocket.on('message', (data: Buffer) => {
    last = last
      .then(async () => {
        for (const frame of readFrames(data)) await onFrame(frame)
      })
      .catch((error: unknown) => {
        webSocket.terminate()
        listener.onFault(error)
      })
  })
  webSocket.on('close', () => listener.onClose(connection))
  webSocket.on('error', () => webSocket.terminate())
  return connection
}
