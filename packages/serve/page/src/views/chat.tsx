import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'
import { Attached } from '../form/field.tsx'
import { partOfFile, userMessage } from '../form/fields.ts'
import { Blocks } from '../parts/blocks.tsx'
import { type Block, blocksOfParts, isMessage, textOf } from '../run/blocks.ts'
import type { RunView } from '../run/run-view.ts'
import type { Runner } from '../run/runner.ts'
import type { Details, InputPort, Json, Message } from '../wire.ts'
import { StatusLine } from './outcome.tsx'
import { Questions } from './questions.tsx'

/** The input of a conversation, where a pipeline has one and needs nothing else: then it can chat. */
export function chatInput({ inputs, outputs }: Details): InputPort | undefined {
  const takesMessages = ({ schema }: InputPort) =>
    [schema, ...(schema.anyOf ?? [])].some(
      ({ type, items }) => type === 'array' && items?.title === 'ChatMessage',
    )
  const givesMessages = outputs.some(
    ({ schema }) => schema.title === 'ChatMessage' || schema.items?.title === 'ChatMessage',
  )
  const found =
    inputs.find((input) => input.mandatory && takesMessages(input)) ??
    inputs.find((input) => input.name === 'messages' && takesMessages(input))
  const isEnough = inputs.every((input) => !input.mandatory || input === found)
  return givesMessages && isEnough ? found : undefined
}

/** Conversations by pipeline, and the run that answers one now: they stay while other views are looked at. */
const conversations = new Map<string, readonly Json[]>()
const answering = new Map<string, RunView>()

export function Chat({
  details,
  input,
  runner,
}: {
  readonly details: Details
  readonly input: InputPort
  readonly runner: Runner
}) {
  const [messages, setMessages] = useState<readonly Json[]>(() => conversations.get(details.name) ?? [])
  const [text, setText] = useState('')
  const [parts, setParts] = useState<readonly Json[]>([])
  const id = useId()
  const log = useRef<HTMLDivElement>(null)
  const box = useRef<HTMLTextAreaElement>(null)
  const { view } = runner

  const keep = (next: readonly Json[]) => {
    conversations.set(details.name, next)
    setMessages(next)
  }

  // What comes is followed, unless its reader has scrolled away.
  useEffect(() => {
    const element = log.current
    if (!element) return
    const rest = element.scrollHeight - element.scrollTop - element.clientHeight
    if (rest < 160) element.scrollTop = element.scrollHeight
  })

  const finish = (sent: readonly Json[], ended: RunView | undefined) => {
    if (ended?.state !== 'completed' && ended?.state !== 'aborted') return
    const reply = replyOf(ended)
    if (!reply || answering.get(details.name) !== ended) return
    answering.delete(details.name)
    keep([...sent, reply])
  }

  const send = async (sent: readonly Json[]) => {
    keep(sent)
    const end = runner.start({ [input.name]: sent })
    if (runner.view) answering.set(details.name, runner.view)
    const ended = await end
    finish(sent, ended)
    if (ended?.state !== 'paused') box.current?.focus({ preventScroll: true })
  }

  const submit = (event?: Event) => {
    event?.preventDefault()
    const written = box.current?.value ?? text
    if (runner.isGoingOn || (written.trim() === '' && parts.length === 0)) return
    const message = userMessage(written, parts)
    setText('')
    setParts([])
    void send([...messages, message])
  }

  // A run that was paused, and was answered here, ends the turn, too.
  useEffect(() => {
    if (view?.state === 'completed') finish(messages, view)
  })

  const retry = () => {
    const last = messages.findLastIndex((message) => (message as { role?: Json }).role === 'user')
    if (last >= 0) void send(messages.slice(0, last + 1))
  }

  const isLive = view !== undefined && answering.get(details.name) === view
  return (
    <section class="card chat" aria-label="Chat">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard */}
      <div class="log" ref={log} role="log" aria-live="off" aria-label="Conversation" tabIndex={0}>
        {messages.length === 0 && !isLive && (
          <div class="hello">
            <h3>{details.title ?? details.name}</h3>
            <p>{details.description}</p>
          </div>
        )}
        {messages.map((message, index) => (
          <Turn key={index} message={message as unknown as Message} />
        ))}
        {isLive && (
          <article class="turn assistant" aria-label="Answer">
            {view.visits
              .filter(({ blocks }) => blocks.length > 0)
              .map((visit, index) => (
                <Blocks key={index} blocks={visit.blocks} isGrowing={visit.state === 'running'} />
              ))}
            {view.state === 'paused' && (
              <Questions key={view.questions[0]?.id} questions={view.questions} runner={runner} />
            )}
            {view.error && <p class="notice error">{view.error.message}</p>}
            <StatusLine view={view} />
          </article>
        )}
      </div>
      <form class="composer" onSubmit={submit} aria-label="Message">
        {parts.map((part, index) => (
          <Attached
            key={index}
            part={part}
            onRemove={() => setParts(parts.filter((_, other) => other !== index))}
          />
        ))}
        <label class="unseen" for={id}>
          Your message
        </label>
        <textarea
          id={id}
          ref={box}
          rows={Math.min(8, Math.max(1, text.split('\n').length))}
          placeholder="Write a message"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            // On a phone Enter is a new line: there is no other key for one.
            const isPhone = matchMedia('(pointer: coarse)').matches
            if (event.key !== 'Enter' || event.isComposing || event.shiftKey) return
            if (!isPhone || event.ctrlKey || event.metaKey) submit(event)
          }}
        />
        <div class="actions">
          <label class="button attach">
            Attach
            <input
              class="unseen"
              type="file"
              multiple
              onChange={async (event) => {
                const files = [...(event.currentTarget.files ?? [])]
                event.currentTarget.value = ''
                setParts([...parts, ...(await Promise.all(files.map(partOfFile)))])
              }}
            />
          </label>
          {messages.length > 0 && !runner.isGoingOn && (
            <>
              <button type="button" onClick={retry}>
                Again
              </button>
              <button
                type="button"
                onClick={() => {
                  answering.delete(details.name)
                  keep([])
                  box.current?.focus()
                }}
              >
                New chat
              </button>
            </>
          )}
          <span class="space" />
          {runner.isGoingOn ? (
            <button type="button" class="stop" onClick={() => runner.stop()}>
              Stop <kbd>Esc</kbd>
            </button>
          ) : (
            <button type="submit" class="primary">
              Send <kbd>⏎</kbd>
            </button>
          )}
        </div>
      </form>
    </section>
  )
}

function Turn({ message }: { readonly message: Message }) {
  const blocks = useMemo(() => blocksOf(message), [message])
  return (
    <article class={`turn ${message.role}`} aria-label={message.role === 'user' ? 'You' : 'Answer'}>
      <Blocks blocks={blocks} />
    </article>
  )
}

/** What was streamed of a reply, kept with it: the message alone does not say what tools gave. */
const streamed = new WeakMap<object, readonly Block[]>()

function blocksOf(message: Message): readonly Block[] {
  return streamed.get(message) ?? blocksOfParts(message.content)
}

/** The message that a run adds to the conversation. */
function replyOf(view: RunView): Json | undefined {
  const blocks = view.visits.flatMap((visit) => visit.blocks)
  const given = Object.values(view.outputs ?? {})
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .findLast((value) => isMessage(value) && value.role === 'assistant')
  const text = textOf(blocks)
  const reply = given ?? (text === '' ? undefined : { role: 'assistant', content: [{ type: 'text', text }] })
  if (typeof reply !== 'object' || reply === null) return undefined
  if (blocks.length > 0) streamed.set(reply, blocks)
  return reply
}
