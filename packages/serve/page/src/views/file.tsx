import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.ts'
import { api } from '../api.ts'
import { useLoaded } from '../parts/use.ts'
import type { Finding, Summary } from '../wire.ts'

interface Props {
  readonly pipeline: Summary
  /** Shows the pipeline of a text that is not saved yet. */
  readonly onTry: (name: string) => void
}

/** Texts that are not saved yet, by pipeline: they stay while they are tried. */
const changed = new Map<string, string>()

/** The file of a pipeline, with what was found at its lines; edited where the server allows that. */
export function FileView({ pipeline, onTry }: Props) {
  const { name } = pipeline
  const { value: file, error, reload } = useLoaded(() => api.file(name), [name, pipeline.findings])
  const [text, setOwnText] = useState(() => changed.get(name))
  const setText = (next: string | undefined) => {
    if (next === undefined) changed.delete(name)
    else changed.set(name, next)
    setOwnText(next)
  }
  const [findings, setFindings] = useState<readonly Finding[]>()
  const [draft, setDraft] = useState<string>()
  const [note, setNote] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const shown = text ?? file?.text ?? ''
  const isChanged = file !== undefined && text !== undefined && text !== file.text
  const all = findings ?? pipeline.findings

  // Looked at a moment after the last key.
  useEffect(() => {
    if (!file?.editable || text === undefined) return
    let isCurrent = true
    const timer = setTimeout(() => {
      api.draft(name, text).then(
        (checked) => {
          if (!isCurrent) return
          setFindings(checked.findings)
          setDraft(checked.state === 'ready' ? checked.name : undefined)
          setNote(undefined)
          announce(
            checked.findings.length === 0 ? 'Nothing is wrong.' : `${checked.findings.length} findings.`,
          )
        },
        (problem: Error) => isCurrent && setNote(problem.message),
      )
    }, 400)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [text, name, file?.editable])

  const save = async () => {
    if (!file || text === undefined) return
    setIsBusy(true)
    try {
      await api.save(name, text, file.version)
      setText(undefined)
      setFindings(undefined)
      setDraft(undefined)
      setNote('Saved.')
      announce('Saved.')
      reload()
    } catch (problem) {
      setNote((problem as Error).message)
    }
    setIsBusy(false)
  }

  const goTo = (line: number) => {
    const element = area.current
    if (!element) return
    const lines = shown.split('\n')
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
    element.focus()
    element.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
    const height = element.scrollHeight / Math.max(1, lines.length)
    element.closest('.code')?.scrollTo({ top: Math.max(0, (line - 4) * height) })
  }

  if (error !== undefined) return <p class="notice">{error}</p>
  if (!file) return <p class="quiet">Loads…</p>
  return (
    <section class="card file-view" aria-label="File">
      <div class="head">
        <h3>{file.path}</h3>
        {!file.editable && (
          <span class="quiet">Read only. Start the server with --edit to change it here.</span>
        )}
        {file.editable && (
          <div class="actions">
            {isChanged && (
              <button
                type="button"
                onClick={() => {
                  setText(undefined)
                  setFindings(undefined)
                  setDraft(undefined)
                  setNote(undefined)
                }}
              >
                Undo all
              </button>
            )}
            <button
              type="button"
              disabled={!isChanged || draft === undefined}
              onClick={() => draft && onTry(draft)}
            >
              Try it
            </button>
            <button type="button" class="primary" disabled={!isChanged || isBusy} onClick={() => void save()}>
              Save
            </button>
          </div>
        )}
      </div>
      {note && (
        <p class="notice" role="status">
          {note}
        </p>
      )}
      <div class="code">
        <div class="gutter" aria-hidden="true">
          {shown.split('\n').map((_, index) => {
            const level = levelAt(all, index + 1)
            return (
              <span key={index} class={level ?? ''}>
                {level === 'error' ? '✕ ' : level === 'warning' ? '! ' : ''}
                {index + 1}
              </span>
            )
          })}
        </div>
        <label class="unseen" for={id}>
          {`The file of ${name}`}
        </label>
        <textarea
          id={id}
          ref={area}
          class="mono"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          wrap="off"
          readOnly={!file.editable}
          rows={Math.max(6, shown.split('\n').length)}
          value={shown}
          aria-describedby={`${id}-findings`}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 's' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault()
              if (isChanged) void save()
            }
          }}
        />
      </div>
      <div id={`${id}-findings`}>
        <Findings findings={all} onGo={goTo} />
      </div>
    </section>
  )
}

export function Findings({
  findings,
  onGo,
}: {
  readonly findings: readonly Finding[]
  readonly onGo?: (line: number) => void
}) {
  if (findings.length === 0) return null
  return (
    <ul class="findings">
      {findings.map(({ level, message, line, code }, index) => (
        <li key={index} class={level}>
          <span class="level">{level === 'error' ? '✕ Error' : '! Warning'}</span>
          {line !== undefined &&
            (onGo ? (
              <button type="button" class="link" onClick={() => onGo(line)}>
                line {line}
              </button>
            ) : (
              <span>line {line}</span>
            ))}
          <span class="said">{message}</span>
          <code class="quiet">{code}</code>
        </li>
      ))}
    </ul>
  )
}

function levelAt(findings: readonly Finding[], line: number): Finding['level'] | undefined {
  const here = findings.filter((finding) => finding.line === line)
  return here.find(({ level }) => level === 'error')?.level ?? here[0]?.level
}
