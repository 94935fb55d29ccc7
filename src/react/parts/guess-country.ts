/**
 * The country that the user's languages suggest. An explicit region comes first, preferably of the component's language. Then
 * comes the region where a language is mostly spoken, except for English, which is spoken everywhere.
 */
export function guessCountry(
  languageTag: string,
  languages: readonly string[],
  isCountry: (region: string) => boolean,
): string | undefined {
  const own = localeOf(languageTag)
  const preferred = languages.flatMap((tag) => localeOf(tag) ?? [])
  // The component uses English where no language was chosen, so English says nothing about the user's country.
  const isSpecific = own && own.language !== 'en'
  const locales = isSpecific
    ? [...preferred.filter(({ language }) => language === own.language), own, ...preferred]
    : preferred
  const written = locales.map(({ region }) => region)
  const likely = locales.flatMap((locale) => (locale.language === 'en' ? [] : locale.maximize().region))
  return [...written, ...likely].find((region) => region !== undefined && isCountry(region))
}

/** A language tag that `Intl` accepts. An invalid one becomes English. */
export function validTag(tag: string): string {
  return localeOf(tag) ? tag : 'en'
}

/** Some browsers report invalid languages, such as `C` or `en-US@posix`. */
function localeOf(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag)
  } catch {
    return undefined
  }
}
