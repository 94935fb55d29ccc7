import { type BinaryNode, getBinaryNodeChild, S_WHATSAPP_NET } from 'baileys'

type Attributes = BinaryNode['attrs']

const nowInSeconds = (): string => String(Math.floor(Date.now() / 1000))

export function node(tag: string, attrs: Attributes = {}, content?: BinaryNode['content']): BinaryNode {
  return content === undefined ? { tag, attrs } : { tag, attrs, content }
}

/** A query or command from the server. */
export function orderOf(id: string, content: BinaryNode): BinaryNode {
  return node('iq', { from: S_WHATSAPP_NET, type: 'set', id, xmlns: 'md', t: nowInSeconds() }, [content])
}

export function resultOf(request: BinaryNode, ...content: readonly BinaryNode[]): BinaryNode {
  return node('iq', { from: S_WHATSAPP_NET, type: 'result', id: request.attrs.id ?? '' }, [...content])
}

export function errorOf(request: BinaryNode, code: number): BinaryNode {
  const attrs = { from: S_WHATSAPP_NET, type: 'error', id: request.attrs.id ?? '' }
  return node('iq', attrs, [node('error', { code: String(code), text: 'refused' })])
}

export function notification(id: string, type: string, content: BinaryNode): BinaryNode {
  return node('notification', { from: S_WHATSAPP_NET, type, id, t: nowInSeconds() }, [content])
}

/** The last stanza of a connection. The client then disconnects. */
export function streamError(code: number, conflict?: 'device_removed' | 'replaced'): BinaryNode {
  const reason = conflict ? [node('conflict', { type: conflict })] : undefined
  return node('stream:error', { code: String(code) }, reason)
}

/** The response to a refused login or registration. */
export function failure(reason: number): BinaryNode {
  return node('failure', { reason: String(reason), location: 'frc' })
}

export function success(lid: string): BinaryNode {
  return node('success', { t: nowInSeconds(), props: '27', companion_enc_static: '', lid, location: 'frc' })
}

/** Notifies a client that it has received all messages from the time it was offline. */
export function nothingMissed(): BinaryNode {
  return node('ib', { from: S_WHATSAPP_NET }, [node('offline', { count: '0' })])
}

/**
 * Returns the bytes of a child. Throws if the child has no bytes, because the client then uses another
 * protocol.
 */
export function bytesIn(parent: BinaryNode, tag: string): Buffer {
  const content = getBinaryNodeChild(parent, tag)?.content
  if (content === undefined || Array.isArray(content)) throw new Error(`<${tag}> is missing.`)
  return Buffer.from(content)
}
