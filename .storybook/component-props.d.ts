declare module 'virtual:component-props' {
  import type { PropArgType } from './component-props-plugin.js'

  export const propArgTypes: Readonly<Record<string, PropArgType>>
}
