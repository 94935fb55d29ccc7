import { addons } from 'storybook/manager-api'

// The playground needs the whole page; the panel is one key (A) away.
addons.setConfig({ layout: { showPanel: false } })
