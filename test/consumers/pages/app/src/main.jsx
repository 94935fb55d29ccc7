import { createRoot } from 'react-dom/client'
import { enterHost } from './hosts.js'

// One app, many pages: `?page=states&host=bootstrap&sheet=styles.css&order=after&theme=dark`.
const params = new URLSearchParams(location.search)
const pages = {
  'design-system': () => import('./pages/design-system.jsx'),
  states: () => import('./pages/states.jsx'),
  utilities: () => import('./pages/utilities.jsx'),
  dialog: () => import('./pages/dialog.jsx'),
  walk: () => import('./pages/walk.jsx'),
}
const { page, host = 'none', ...options } = Object.fromEntries(params)
await enterHost(host, options)
const { Page } = await pages[page]()
createRoot(document.getElementById('root')).render(<Page params={params} />)
