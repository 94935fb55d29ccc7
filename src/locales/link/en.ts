import type { PairingLinkMessages } from '../../core/messages.js'

/**
 * The English texts of `<PairingStatus>`. The reasons why a link needs attention are among the texts that
 * load later.
 */
export const linkEnglish: PairingLinkMessages = {
  linkLinked: 'Linked',
  linkNone: 'Not linked',
  linkAttention: 'Needs attention',
  linkChecking: 'Checking…',
  linkUnreachable: 'We can’t check this right now.',
  linkAsOf: 'Last checked: {time}.',
  linkLost: 'The phone was unlinked. Link it again to send and receive messages.',
  linkPasskey: 'WhatsApp wants this account’s passkey. Link again to continue.',
  linkStart: 'Link',
  linkAgain: 'Link again',
  linkCheck: 'Check again',
  disconnect: 'Disconnect',
  disconnectWarning:
    'This app will stop sending and receiving messages with this number. The chats stay on the phone, and you can link it again.',
  disconnecting: 'Disconnecting…',
  disconnectCancel: 'Cancel',
}
