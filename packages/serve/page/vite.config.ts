import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  // Relative: the page also stands below a path, behind a proxy.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the page lets nothing in but files of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
