import CssBaseline from '@mui/material/CssBaseline'
import { createTheme, ThemeProvider } from '@mui/material/styles'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'

/** MUI's global styles are a component. */
export function mount(theme) {
  const root = createRoot(document.createElement('div'))
  flushSync(() =>
    root.render(
      <ThemeProvider theme={createTheme({ palette: { mode: theme } })}>
        <CssBaseline enableColorScheme />
      </ThemeProvider>,
    ),
  )
  return () => root.unmount()
}
