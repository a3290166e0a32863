// Ajv and RE2 for Node.js, loaded when the first value, or pattern, is checked: Ajv takes as long as all of our own files.
// `#ajv` in package.json chooses.
import { createRequire } from 'node:module'
import type { loadAjv as load, loadRe2 as loadPatterns } from './ajv.ts'

const require = createRequire(import.meta.url)
let parts: ReturnType<typeof load> | undefined

export function loadAjv(): ReturnType<typeof load> {
  parts ??= {
    Ajv: require('ajv').Ajv,
    Ajv2020: require('ajv/dist/2020.js').Ajv2020,
    addFormats: require('ajv-formats'),
  }
  return parts
}

export function loadRe2(): ReturnType<typeof loadPatterns> {
  return require('re2js').RE2JS
}
