import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { Runner } from '../run/runner.ts'
import type { Json, Question } from '../wire.ts'

/** What a run asks, answered where it stands. All questions of one pause are answered at once. */
export function Questions({
  questions,
  runner,
  onAnswered,
}: {
  readonly questions: readonly Question[]
  readonly runner: Runner
  readonly onAnswered?: (answers: Readonly<Record<string, Json>>) => void
}) {
  const [answers, setAnswers] = useState<Readonly<Record<string, Json>>>({})
  const section = useRef<HTMLElement>(null)
  const isWhole = questions.every(({ id }) => answers[id] !== undefined)

  useEffect(() => section.current?.focus({ preventScroll: true }), [])

  const send = (all: Readonly<Record<string, Json>>) => {
    onAnswered?.(all)
    void runner.answer(all)
  }
  const answer = (id: string, value: Json) => {
    const all = { ...answers, [id]: value }
    setAnswers(all)
    if (questions.every((question) => all[question.id] !== undefined)) send(all)
  }

  if (questions.length === 0) {
    return (
      <section class="card asks" ref={section} tabIndex={-1} aria-label="The run waits">
        <p>The run is paused, and asks nothing.</p>
        <button type="button" class="primary" onClick={() => send({})}>
          Go on
        </button>
      </section>
    )
  }
  return (
    <section class="card asks" ref={section} tabIndex={-1} aria-label="The run waits for you">
      <h3>Waits for you</h3>
      {questions.map((question) => (
        <Ask
          key={question.id}
          question={question}
          given={answers[question.id]}
          onAnswer={(value) => answer(question.id, value)}
        />
      ))}
      {!isWhole && questions.length > 1 && <p class="quiet">The run goes on when all are answered.</p>}
    </section>
  )
}

interface AskProps {
  readonly question: Question
  readonly given: Json | undefined
  readonly onAnswer: (value: Json) => void
}

function Ask(props: AskProps) {
  const { question, given } = props
  return (
    <div class="ask">
      <p class="prompt">{question.prompt}</p>
      {given !== undefined ? (
        <p class="quiet">Answered: {typeof given === 'string' ? given : JSON.stringify(given)}</p>
      ) : question.kind === 'approval' ? (
        <Approval {...props} />
      ) : (
        <Free {...props} />
      )}
    </div>
  )
}

/** A call of a tool: approved, approved with other arguments, or rejected with a reason. */
function Approval({ question, onAnswer }: AskProps) {
  const id = useId()
  const { tool, arguments: given, description } = (question.data ?? {}) as Readonly<Record<string, Json>>
  const [text, setText] = useState(() => JSON.stringify(given ?? {}, null, 2))
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string>()
  const approve = () => {
    try {
      const value = JSON.parse(text) as Json
      const isSame = JSON.stringify(value) === JSON.stringify(given ?? {})
      onAnswer(isSame ? 'approve' : { arguments: value })
    } catch (error) {
      setProblem(`The arguments are not JSON: ${(error as Error).message}`)
    }
  }
  return (
    <>
      {typeof description === 'string' && <p class="quiet">{description}</p>}
      <label for={`${id}-arguments`}>Arguments{typeof tool === 'string' ? ` of ${tool}` : ''}</label>
      <textarea
        id={`${id}-arguments`}
        class="mono"
        rows={Math.min(10, text.split('\n').length)}
        value={text}
        aria-invalid={problem !== undefined}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setProblem(undefined)
        }}
      />
      {problem && <p class="problem">{problem}</p>}
      <label for={`${id}-reason`}>Reason, if you reject it</label>
      <input id={`${id}-reason`} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      <div class="actions">
        <button type="button" class="primary" onClick={approve}>
          Approve
        </button>
        <button type="button" onClick={() => onAnswer(reason === '' ? 'reject' : { reject: reason })}>
          Reject
        </button>
      </div>
    </>
  )
}

function Free({ question, onAnswer }: AskProps) {
  const id = useId()
  const [text, setText] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onAnswer(read(text))
      }}
    >
      {question.data !== undefined && <pre>{JSON.stringify(question.data, null, 2)}</pre>}
      <label for={id}>Your answer</label>
      <textarea id={id} rows={2} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <div class="actions">
        <button type="submit" class="primary">
          Answer
        </button>
      </div>
    </form>
  )
}

/** An object or a list is JSON; anything else is the text that it is. */
function read(text: string): Json {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
