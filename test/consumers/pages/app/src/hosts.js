// The global styles of common apps, from the packages that provide them.

import styles from 'whatsapp-pairing/styles.css?url'
import layered from 'whatsapp-pairing/styles.layer.css?url'
import mantine from '../node_modules/@mantine/core/styles.css?url'
import pico from '../node_modules/@picocss/pico/css/pico.css?url'
import radixThemes from '../node_modules/@radix-ui/themes/styles.css?url'
import antd from '../node_modules/antd/dist/reset.css?url'
import bootstrap from '../node_modules/bootstrap/dist/css/bootstrap.css?url'
import bootstrapReboot from '../node_modules/bootstrap/dist/css/bootstrap-reboot.css?url'
import createNextApp from '../node_modules/create-next-app/dist/templates/app/ts/app/globals.css?url'
import createViteApp from '../node_modules/create-vite/template-react-ts/src/App.css?url'
import createVite from '../node_modules/create-vite/template-react-ts/src/index.css?url'
import foundation from '../node_modules/foundation-sites/dist/css/foundation.css?url'
import modernNormalize from '../node_modules/modern-normalize/modern-normalize.css?url'
import mvp from '../node_modules/mvp.css/mvp.css?url'
import normalize from '../node_modules/normalize.css/normalize.css?url'
import sanitizeForms from '../node_modules/sanitize.css/forms.css?url'
import sanitize from '../node_modules/sanitize.css/sanitize.css?url'
import sanitizeTypography from '../node_modules/sanitize.css/typography.css?url'
import water from '../node_modules/water.css/out/water.css?url'
import tailwind3 from './generated/tailwind-3.css?url'
import tailwind4 from './generated/tailwind-4.css?url'
import tailwind4Layers from './generated/tailwind-4-layers.css?url'
import everyElement from './hosts/every-element.css?url'
import everything from './hosts/everything.css?url'
import manyClasses from './hosts/many-classes.css?url'
import oldReset from './hosts/old-reset.css?url'
import pseudoClasses from './hosts/pseudo-classes.css?url'
import shadcn from './hosts/shadcn.css?url'
import smallRoot from './hosts/small-root.css?url'

export const hosts = {
  none: { sheets: [] },
  'create-next-app': { sheets: [createNextApp] },
  'create-vite': { sheets: [createVite, createViteApp] },
  'tailwind-3': { sheets: [tailwind3] },
  'tailwind-4': { sheets: [tailwind4] },
  'tailwind-4-layers': { sheets: [tailwind4Layers] },
  'bootstrap-reboot': { sheets: [bootstrapReboot] },
  bootstrap: { sheets: [bootstrap] },
  antd: { sheets: [antd] },
  everything: { sheets: [everything] },
  'old-reset': { sheets: [oldReset] },
  normalize: { sheets: [normalize] },
  'modern-normalize': { sheets: [modernNormalize] },
  sanitize: { sheets: [sanitize, sanitizeForms, sanitizeTypography] },
  mui: { sheets: [], load: () => import('./hosts/mui.jsx') },
  'mui-variables': { sheets: [], load: () => import('./hosts/mui-variables.jsx') },
  shadcn: { sheets: [tailwind4, shadcn], attributes: { class: 'shadcn' } },
  mantine: { sheets: [mantine], attributes: { 'data-mantine-color-scheme': true } },
  'radix-themes': { sheets: [radixThemes], attributes: { class: 'radix-themes' } },
  pico: { sheets: [pico] },
  water: { sheets: [water] },
  mvp: { sheets: [mvp] },
  foundation: { sheets: [foundation] },
  'every-element': { sheets: [everyElement] },
  'pseudo-classes': { sheets: [pseudoClasses] },
  'many-classes': { sheets: [manyClasses] },
  'small-root': { sheets: [smallRoot] },
}

/** Removes what the last host added to the page. */
let leave = () => {}

/**
 * Applies the styles of a host to the page, and removes those of the previous host.
 *
 * @param {string} name
 * @param {{ order?: 'before' | 'after', sheet?: string, theme?: string }} options The order of the host's sheets and the package's, the package's sheet, and the theme of the host if it has one.
 */
export async function enterHost(name, { order = 'after', sheet = 'styles.css', theme = 'light' } = {}) {
  const { sheets, attributes = {}, load } = hosts[name]
  leave()
  const ours = sheet === 'styles.css' ? styles : layered
  const links = (order === 'before' ? [...sheets, ours] : [ours, ...sheets]).map((href) =>
    Object.assign(document.createElement('link'), { rel: 'stylesheet', href }),
  )
  const loaded = links.map(
    (link) =>
      new Promise((resolve, reject) => {
        link.onload = resolve
        link.onerror = reject
      }),
  )
  document.head.append(...links)
  const html = document.documentElement
  for (const [attribute, value] of Object.entries(attributes))
    html.setAttribute(attribute, value === true ? theme : `${value} ${theme}`)
  const module = await load?.()
  const unmount = module?.mount(theme)
  leave = () => {
    for (const link of links) link.remove()
    for (const attribute of Object.keys(attributes)) html.removeAttribute(attribute)
    unmount?.()
  }
  await Promise.all(loaded)
}
