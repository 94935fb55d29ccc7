import CssBaseline from '@mui/material/CssBaseline'
import { createTheme, ThemeProvider } from '@mui/material/styles'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'

/** MUI's variables for both themes. `prefers-color-scheme` selects one. */
const design = createTheme({
  cssVariables: true,
  colorSchemes: { light: { palette: { primary: { main: '#7b1fa2' } } }, dark: true },
  shape: { borderRadius: 6 },
})

export function mount() {
  const root = createRoot(document.createElement('div'))
  flushSync(() =>
    root.render(
      <ThemeProvider theme={design}>
        <CssBaseline enableColorScheme />
      </ThemeProvider>,
    ),
  )
  return () => root.unmount()
}
