// @ts-check
/** @import { PairingErrorText } from '../../src/index.js' */

/**
 * The facts about a code for the page “Errors”, from the texts and the rules of the package, as Markdown.
 *
 * @param {PairingErrorText} text
 * @param {string} action
 */
export function errorFacts({ title, cause, advice }, action) {
  const sentences = [cause, advice].filter((sentence) => sentence).join(' ')
  return `**The user sees:** “${title}”. ${sentences.replace('{phone}', '+55 11 98765-4321')}\n\n*Action:* \`${action}\``
}
