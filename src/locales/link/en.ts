import type { PairingLinkMessages } from '../../core/messages.js'

/** The English of `<PairingStatus>`. Why a link needs attention is in that of later states. */
export const linkEnglish: PairingLinkMessages = {
  linkLinked: 'Linked',
  linkNone: 'Not linked',
  linkAttention: 'Needs attention',
  linkChecking: 'Checking…',
  linkUnreachable: 'The state cannot be read right now.',
  linkAsOf: 'As of {time}.',
  linkLost: 'The phone was unlinked. Link it again to go on sending and receiving.',
  linkPasskey: 'WhatsApp wants the passkey of this phone. Link again to go on.',
  linkStart: 'Link',
  linkAgain: 'Link again',
  linkCheck: 'Check again',
  disconnect: 'Disconnect',
  disconnectWarning:
    'Sending and receiving for this number stops here. The chats stay on the phone, and you can link it again.',
  disconnecting: 'Disconnecting…',
  disconnectCancel: 'Cancel',
}
