import type { Plugin } from 'vite'
import { componentProps } from '../stories/docs/scripts/api-reference.mjs'

const MODULE = 'virtual:component-props'

/** A row of Storybook's table of props, next to its control. */
export interface PropArgType {
  readonly description: string
  readonly type: { readonly name: 'other'; readonly value: string; readonly required: boolean }
  readonly table: {
    readonly type: { readonly summary: string }
    readonly defaultValue?: { readonly summary: string }
  }
}

/** Serves the props of `<WhatsAppPairing>` and their TSDoc as `virtual:component-props`. */
export function componentPropsPlugin(): Plugin {
  return {
    name: 'whatsapp-pairing:component-props',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) =>
      id === `\0${MODULE}` ? `export const propArgTypes = ${JSON.stringify(argTypes())}` : undefined,
  }
}

function argTypes(): Readonly<Record<string, PropArgType>> {
  return Object.fromEntries(
    componentProps().map(({ name, type, doc }) => [
      name.replace('?', ''),
      {
        description: doc?.text ?? '',
        type: { name: 'other', value: type, required: !name.endsWith('?') },
        table: {
          type: { summary: type.replace(/\s+/g, ' ') },
          ...(doc?.default && { defaultValue: { summary: doc.default } }),
        },
      },
    ]),
  )
}
