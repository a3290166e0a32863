// Ajv and RE2 for bundlers and browsers, which put them in the same file. `#ajv` in package.json chooses.
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { RE2JS } from 're2js'

// The published types of ajv-formats describe its CommonJS shape; under ESM the function is the default export.
const parts = { Ajv, Ajv2020, addFormats: addFormats as unknown as (ajv: Ajv) => void }

export function loadAjv(): typeof parts {
  return parts
}

export function loadRe2(): typeof RE2JS {
  return RE2JS
}
