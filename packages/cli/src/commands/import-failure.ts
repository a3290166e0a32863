import { extname } from 'node:path'

/** What a file is that is not a module, and what to give instead. Undefined where only an import can tell. */
export function otherKind(file: string): string | undefined {
  const ending = extname(file).toLowerCase()
  if (ending === '.json') return 'It is JSON, not a module. Give the JavaScript file that exports the package'
  if (ending !== '.yaml' && ending !== '.yml') return undefined
  return 'It is a pipeline file, which is given without --package. --package takes a JavaScript file'
}

/** Why a module of the user's cannot be imported, and what to do: what Node.js says, in words for who wrote the module. */
export function importFailure(cause: unknown, file: string): string {
  const { code } = Object(cause) as { code?: unknown }
  const reason = firstLine(cause)
  const ending = extname(file).toLowerCase()
  switch (code) {
    case 'ERR_MODULE_NOT_FOUND':
    case 'MODULE_NOT_FOUND':
      return missingImport(reason)
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return /^\.[cm]?tsx?$/.test(ending)
        ? `Node.js ${process.versions.node} cannot load TypeScript. Compile it to JavaScript, or run millrace with Node.js 22.18 or newer, which can`
        : `${reason}. Give a JavaScript file, as in --package ./tools.js`
    default:
      return isCommonJsSyntax(cause)
        ? `${reason}. The package.json next to it says that .js files are CommonJS: name the file ${file.replace(/\.js$/, '.mjs')}, or write "type": "module" there`
        : reason
  }
}

function missingImport(reason: string): string {
  const [, name, from] = /^Cannot find package '([^']+)' imported from (\S.*)$/.exec(reason) ?? []
  if (name === undefined)
    return `${reason}. Correct that import: a path of one's own begins with ./ and has its ending`
  return `'${from}' imports '${name}', which is not installed where that file can see it. Install it there, as with npm install ${name}`
}

function isCommonJsSyntax(cause: unknown): boolean {
  if (!(cause instanceof SyntaxError)) return false
  return /import statement outside a module|Unexpected token 'export'|Cannot use 'import\.meta'/.test(
    cause.message,
  )
}

/** What is thrown need not be an error. */
export function firstLine(cause: unknown): string {
  const { message = cause } = Object(cause) as { message?: unknown }
  return String(message).split('\n', 1).join('').replace(/\.$/, '')
}
