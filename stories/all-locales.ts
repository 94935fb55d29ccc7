import type { PairingLocale } from '../src/index.js'

const modules = import.meta.glob<Record<string, PairingLocale>>('../src/locales/*.ts', { eager: true })

/** Every language, by the name of its file. */
export const localesByFile: ReadonlyMap<string, PairingLocale> = new Map(
  Object.entries(modules).flatMap(([path, exported]) =>
    Object.values(exported).map((locale) => [path.replace(/^.*\/(.*)\.ts$/, '$1'), locale] as const),
  ),
)

/** Returns the locale of a language tag. */
export function localeOf(tag: string): PairingLocale {
  const locale = localesByFile.get(tag)
  if (!locale) throw new Error(`There is no language ${tag}.`)
  return locale
}
