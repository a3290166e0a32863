import { useState } from 'preact/hooks'
import { pathOf } from '../api.ts'
import type { Values } from '../wire.ts'

/** Above this many characters the body is a file of its own, for no terminal takes it. */
const LONG = 20_000

/** The same run as a command, for a terminal on this machine. */
export function AsCurl({ pipeline, values }: { readonly pipeline: string; readonly values: Values }) {
  const [isCopied, setCopied] = useState(false)
  const url = new URL(pathOf(pipeline), document.baseURI).href
  const body = JSON.stringify(values)
  const data = body.length > LONG ? '@inputs.json' : quoted(body)
  const command = `curl ${quoted(url)} -H 'Content-Type: application/json' -d ${data}`
  return (
    <details class="more curl" onToggle={() => setCopied(false)}>
      <summary>As a command</summary>
      <pre class="code">{command}</pre>
      {/* Browsers let only pages of this machine, and those behind HTTPS, copy. */}
      {navigator.clipboard !== undefined && (
        <button
          type="button"
          onClick={async () => {
            await navigator.clipboard.writeText(command)
            setCopied(true)
          }}
        >
          {isCopied ? 'Copied' : 'Copy'}
        </button>
      )}
    </details>
  )
}

/** As shells take a text. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
