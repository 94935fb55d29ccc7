import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import tailwind4 from '@tailwindcss/postcss'
import postcss from 'postcss'
import tailwind3 from 'tailwindcss-3'
import { defineConfig } from 'vite'

/**
 * Compiles Tailwind as its guides describe. Vite's own plugin supports only one version, but these pages use
 * both.
 */
async function compileTailwind() {
  const content = ['./src/**/*.jsx']
  const versions = {
    'tailwind-3': [tailwind3({ content }), '@tailwind base; @tailwind components; @tailwind utilities;'],
    'tailwind-4': [tailwind4(), '@import "tailwindcss";'],
    // The documented line for `whatsapp-pairing/styles.layer.css`.
    'tailwind-4-layers': [
      tailwind4(),
      '@layer theme, base, whatsapp-pairing, components, utilities; @import "tailwindcss";',
    ],
  }
  await mkdir('src/generated', { recursive: true })
  for (const [name, [plugin, source]] of Object.entries(versions)) {
    const to = `src/generated/${name}.css`
    const { css } = await postcss([plugin]).process(source, { from: `src/${name}.css`, to })
    await writeFile(to, css)
  }
}

const { REACT = '19', ENTRY = 'index' } = process.env

if (ENTRY === 'index') await compileTailwind()

const oldReact = (name) => fileURLToPath(new URL(`react-18/node_modules/${name}`, import.meta.url))

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic' } },
  // Several builds are served from different folders.
  base: './',
  css: {
    postcss: {},
    // Foundation has media queries for Internet Explorer.
    lightningcss: { errorRecovery: true },
  },
  resolve: {
    alias: REACT === '18' ? { react: oldReact('react'), 'react-dom': oldReact('react-dom') } : {},
  },
  build: {
    outDir: `dist/${ENTRY}-${REACT}-${process.env.NODE_ENV}`,
    emptyOutDir: false,
    rolldownOptions: { input: `${ENTRY}.html` },
  },
})
