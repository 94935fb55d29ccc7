/** Parameter in the fragment of a pairing link. The server writes it, and the page reads it. */
export const PAIRING_LINK_PARAMETER = 'pairing'
