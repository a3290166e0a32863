// Ajv for Node.js, loaded when the first value is checked: it takes as long as all of our own files. `#ajv` in
// package.json chooses.
import { createRequire } from 'node:module'
import type { loadAjv as load } from './ajv.ts'

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
