// What only Node.js has. `#platform` in package.json chooses between this file and `browser.ts`.
export { setMaxListeners } from 'node:events'
export { access } from 'node:fs/promises'
