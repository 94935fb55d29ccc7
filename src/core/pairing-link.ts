/** Fragment parameter of a pairing link: the server writes it, the page behind the link reads it. */
export const PAIRING_LINK_PARAMETER = 'pairing'
