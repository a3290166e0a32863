import { blocksOfParts, isMessage } from '../run/blocks.ts'
import type { Json, Part, Values } from '../wire.ts'
import { Blocks } from './blocks.tsx'

const LONG = 600

/** Named values, each by its kind. */
export function ValueList({ values, empty }: { readonly values: Values; readonly empty: string }) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return <p class="quiet">{empty}</p>
  return (
    <dl class="values">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

export function Value({ value }: { readonly value: Json }) {
  if (typeof value === 'string') return <Text text={value} />
  if (isMessage(value)) return <MessageView value={value as unknown as Json} />
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isMessage)) {
      return (
        <>
          {value.map((message, index) => (
            <MessageView key={index} value={message as unknown as Json} />
          ))}
        </>
      )
    }
    if (value.length === 1 && typeof value[0] === 'string') return <Text text={value[0]} />
  }
  if (isMedia(value)) return <Blocks blocks={blocksOfParts([value as unknown as Part])} />
  if (value === null || typeof value !== 'object') return <code>{String(value)}</code>
  const text = JSON.stringify(value, null, 2)
  return <Folded text={text} summary={summaryOf(value)} isCode />
}

function MessageView({ value }: { readonly value: Json }) {
  if (!isMessage(value)) return null
  return (
    <div class={`message ${value.role}`}>
      <span class="role">{value.role}</span>
      <Blocks blocks={blocksOfParts(value.content)} />
    </div>
  )
}

function isMedia(value: Json): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { type, base64 } = value as { type?: Json; base64?: Json }
  return (type === 'image' || type === 'file') && typeof base64 === 'string'
}

function Text({ text }: { readonly text: string }) {
  if (text === '') return <span class="quiet">empty text</span>
  return <Folded text={text} summary={`${text.slice(0, 160)}…`} />
}

function Folded({
  text,
  summary,
  isCode = false,
}: {
  readonly text: string
  readonly summary: string
  readonly isCode?: boolean
}) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
  const body = isCode ? <pre tabIndex={0}>{text}</pre> : <div class="plain">{text}</div>
  if (text.length <= LONG) return body
  return (
    <details class="folded">
      <summary>
        {summary} <span class="quiet">({text.length.toLocaleString('en')} characters)</span>
      </summary>
      {body}
    </details>
  )
}

function summaryOf(value: Json): string {
  if (Array.isArray(value)) return `A list of ${value.length}`
  return `{ ${Object.keys(value as object)
    .slice(0, 6)
    .join(', ')} }`
}
