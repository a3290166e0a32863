import { useId, useState } from 'preact/hooks'
import type { InputPort, Json } from '../wire.ts'
import { choicesOf, type Entry, type Kind, kindNames, kindsOf, partOfFile } from './fields.ts'

interface Props {
  readonly input: InputPort
  readonly entry: Entry
  readonly problem: string | undefined
  readonly onChange: (entry: Entry) => void
}

export function Field({ input, entry, problem, onChange }: Props) {
  const id = useId()
  const kinds = kindsOf(input.schema)
  const described = input.description ?? input.schema.description
  const hint = hintOf(entry.kind)
  return (
    <div class={`field${problem ? ' wrong' : ''}`}>
      <div class="label">
        <label for={id}>
          {input.name}
          {input.mandatory && <span class="needed"> needed</span>}
        </label>
        {kinds.length > 1 && (
          <select
            class="kind"
            aria-label={`Kind of ${input.name}`}
            value={entry.kind}
            onChange={(event) =>
              onChange({ kind: event.currentTarget.value as Kind, text: entry.text, parts: [] })
            }
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {kindNames[kind]}
              </option>
            ))}
          </select>
        )}
      </div>
      <Control id={id} input={input} entry={entry} problem={problem} onChange={onChange} />
      <p class="help" id={`${id}-help`}>
        {problem ? <strong class="problem">{problem}</strong> : [described, hint].filter(Boolean).join(' ')}
      </p>
    </div>
  )
}

function Control({ id, input, entry, problem, onChange }: Props & { readonly id: string }) {
  const shared = {
    id,
    'data-input': input.name,
    'aria-describedby': `${id}-help`,
    'aria-invalid': problem !== undefined,
    'aria-required': input.mandatory,
  }
  const setText = (text: string) => onChange({ ...entry, text })
  switch (entry.kind) {
    case 'number':
      return (
        <input
          {...shared}
          type="number"
          step="any"
          value={entry.text}
          placeholder={placeholderOf(input)}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )
    case 'boolean':
    case 'choice': {
      const choices: readonly Json[] = entry.kind === 'boolean' ? [true, false] : choicesOf(input.schema)
      return (
        <select {...shared} value={entry.text} onChange={(event) => setText(event.currentTarget.value)}>
          <option value="">{input.mandatory ? 'Choose' : 'As it is'}</option>
          {choices.map((choice) => (
            <option key={String(choice)} value={JSON.stringify(choice)}>
              {entry.kind === 'boolean' ? (choice ? 'Yes' : 'No') : String(choice)}
            </option>
          ))}
        </select>
      )
    }
    case 'image':
    case 'file':
      return <Files {...shared} entry={entry} onChange={onChange} />
    default:
      return (
        <>
          <textarea
            {...shared}
            class={entry.kind === 'json' ? 'mono' : ''}
            rows={rowsFor(entry)}
            spellcheck={entry.kind !== 'json'}
            value={entry.text}
            placeholder={placeholderOf(input)}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {entry.kind === 'messages' && (
            <Files
              id={`${id}-files`}
              entry={entry}
              onChange={onChange}
              label={`Images and files of ${input.name}`}
            />
          )}
        </>
      )
  }
}

function Files({
  entry,
  onChange,
  label,
  ...rest
}: {
  readonly id: string
  readonly entry: Entry
  readonly onChange: (entry: Entry) => void
  readonly label?: string
}) {
  const [name, setName] = useState<string>()
  const take = async (file: File | undefined) => {
    if (!file) return
    const part = await partOfFile(file)
    setName(file.name)
    onChange({ ...entry, parts: [part] })
  }
  return (
    <div class="files">
      <label class="button attach">
        {entry.kind === 'image' ? 'Choose an image' : entry.kind === 'file' ? 'Choose a file' : 'Attach'}
        <input
          {...rest}
          class="unseen"
          type="file"
          accept={entry.kind === 'image' ? 'image/*' : undefined}
          aria-label={label}
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </label>
      {entry.parts.map((part, index) => (
        <Attached key={index} part={part} name={name} onRemove={() => onChange({ ...entry, parts: [] })} />
      ))}
    </div>
  )
}

export function Attached({
  part,
  name,
  onRemove,
}: {
  readonly part: Json
  readonly name?: string | undefined
  readonly onRemove: () => void
}) {
  const { type, base64, mimeType, filename } = part as Record<string, string>
  return (
    <span class="attached">
      {type === 'image' && <img alt="" src={`data:${mimeType};base64,${base64}`} />}
      {name ?? filename ?? mimeType}
      <button
        type="button"
        class="plain"
        onClick={onRemove}
        aria-label={`Remove ${name ?? filename ?? 'the image'}`}
      >
        ✕
      </button>
    </span>
  )
}

function hintOf(kind: Kind): string {
  if (kind === 'json') return 'As JSON.'
  if (kind === 'documents') return 'An empty line begins the next document.'
  return ''
}

function placeholderOf({ default: fallback }: InputPort): string | undefined {
  return fallback === undefined || fallback === null ? undefined : JSON.stringify(fallback).slice(0, 80)
}

function rowsFor({ kind, text }: Entry): number {
  const lines = text.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / 60), 0)
  return Math.min(
    12,
    Math.max(kind === 'documents' || kind === 'messages' ? 3 : kind === 'json' ? 2 : 1, lines),
  )
}
