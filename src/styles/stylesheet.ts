// The types of `whatsapp-pairing/styles.css`, which has none: TypeScript 6 and later want to find every file that is imported for
// its effect.
export {}
