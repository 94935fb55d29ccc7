export const dialogs = {
  radix: () => import('./radix.jsx'),
  'base-ui': () => import('./base-ui.jsx'),
  mui: () => import('./mui.jsx'),
  'react-aria': () => import('./react-aria.jsx'),
  'headless-ui': () => import('./headless-ui.jsx'),
  mantine: () => import('./mantine.jsx'),
  antd: () => import('./antd.jsx'),
  native: () => import('./native.jsx'),
}
