import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from 'baileys'
import type { WebSocket } from 'ws'
import type { ServerCertificates } from './certificates.js'
import { createFrameReader, frameOf } from './frames.js'
import { type ClientIntroduction, createNoiseResponder } from './noise.js'

/** A client on the line. */
export interface Connection {
  send(node: BinaryNode): void
  /** Sends the client a last message. The client then hangs up by itself. */
  end(node: BinaryNode): void
  /** Cuts the line without a word. */
  drop(): void
  /** Reads no further. */
  freeze(): void
}

export interface ConnectionListener {
  onIntroduction(connection: Connection, introduction: ClientIntroduction): void
  onNode(connection: Connection, node: BinaryNode): void | Promise<void>
  onClose(connection: Connection): void
  /** The client does not speak the protocol, or this server does not: the line was cut. */
  onFault(error: unknown): void
}

/** Handshake, sealed frames and stanzas over one WebSocket. */
export function acceptConnection(
  webSocket: WebSocket,
  certificates: ServerCertificates,
  listener: ConnectionListener,
  latencyMs = 0,
): Connection {
  const noise = createNoiseResponder(certificates)
  const readFrames = createFrameReader()
  const write = (frame: Buffer): void => {
    if (latencyMs === 0) webSocket.send(frame)
    // Equal delays keep the order.
    else setTimeout(() => webSocket.send(frame), latencyMs)
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
      listener.onIntroduction(connection, introduction)
    } else if (step === 'open') {
      await listener.onNode(connection, await decodeBinaryNode(noise.open(frame)))
    }
  }

  // One after the other: each frame is sealed with the number of those before it.
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
