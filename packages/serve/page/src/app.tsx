import { useEffect, useId, useState } from 'preact/hooks'
import { setKey } from './api.ts'
import { hrefOf, useRoute } from './route.ts'
import { runnerOf } from './run/runner.ts'
import { type ServerState, useServer } from './server-state.ts'
import { PipelineView } from './views/pipeline.tsx'
import { Sidebar } from './views/sidebar.tsx'

export function App() {
  const server = useServer()
  const route = useRoute()
  const { pipelines, problem } = server
  const name = route.name ?? pipelines?.find(({ state }) => state === 'ready')?.name ?? pipelines?.[0]?.name
  // A text that is tried belongs to the pipeline whose file it may become.
  const own = name?.replace(/~draft$/, '')
  const pipeline = pipelines?.find((one) => one.name === own)

  useEffect(() => {
    document.title = pipeline ? `${pipeline.title ?? pipeline.name} · Millrace` : 'Millrace'
  }, [pipeline])

  // Escape stops what runs, wherever the focus is.
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && name !== undefined && runnerOf(name).isGoingOn) runnerOf(name).stop()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [name])

  if (problem?.status === 401) return <AskKey server={server} />
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        To the pipeline
      </a>
      <Sidebar server={server} chosen={own} />
      <main id="main" tabIndex={-1}>
        {problem && (
          <p class="notice error" role="alert">
            {problem.message}{' '}
            <button type="button" onClick={server.retry}>
              Try again
            </button>
          </p>
        )}
        {pipelines === undefined && !problem && <p class="quiet">Loads…</p>}
        {pipelines?.length === 0 && <p class="notice">This server has no pipelines.</p>}
        {pipelines !== undefined && pipelines.length > 0 && !pipeline && (
          <p class="notice">
            There is no pipeline ‘{own}’ here.{' '}
            {pipelines[0] && <a href={hrefOf(pipelines[0].name)}>Go to {pipelines[0].name}</a>}
          </p>
        )}
        {pipeline && name !== undefined && (
          <PipelineView key={name} pipeline={pipeline} name={name} tab={route.tab} runs={server.runs} />
        )}
      </main>
    </>
  )
}

function AskKey({ server }: { readonly server: ServerState }) {
  const id = useId()
  const [key, setText] = useState('')
  return (
    <main class="key">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault()
          setKey(key)
          server.retry()
        }}
      >
        <h1>Millrace</h1>
        <p>This server needs a key. It is kept until this tab is closed.</p>
        <label for={id}>Key</label>
        <input
          id={id}
          type="password"
          autocomplete="current-password"
          value={key}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <div class="actions">
          <button type="submit" class="primary">
            Go on
          </button>
        </div>
      </form>
    </main>
  )
}
