import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { api } from '../api.ts'
import { Form } from '../form/form.tsx'
import { useLoaded, useRunner } from '../parts/use.ts'
import { hrefOf, type Tab } from '../route.ts'
import type { Runner } from '../run/runner.ts'
import type { RunSummary, Summary } from '../wire.ts'
import { Chat, chatInput } from './chat.tsx'
import { FileView, Findings } from './file.tsx'
import { Graph } from './graph.tsx'
import { Outcome } from './outcome.tsx'
import { Steps } from './steps.tsx'
import { Tabs } from './tabs.tsx'

interface Props {
  readonly pipeline: Summary
  /** Of what is shown: the pipeline, or a text of its file that is tried. */
  readonly name: string
  readonly tab: Tab | undefined
  readonly runs: readonly RunSummary[]
}

export function PipelineView({ pipeline, name, tab: asked, runs }: Props) {
  const isDraft = name !== pipeline.name
  const isBroken = !isDraft && pipeline.state === 'broken'
  const version = JSON.stringify([pipeline.state, pipeline.findings, runs.length === 0])
  const { value: details, error } = useLoaded(() => api.pipeline(name), [name, pipeline])
  const runner = useRunner(name)
  const chats = details?.inputs ? chatInput(details) : undefined
  const tabs: readonly Tab[] = [
    ...(isBroken ? [] : (['run'] as const)),
    ...(chats && !isBroken ? (['chat'] as const) : []),
    // A model alone is served, too, and has no text.
    ...(/\.ya?ml$/i.test(pipeline.file ?? '') && !isDraft ? (['file'] as const) : []),
  ]
  const tab = tabs.includes(asked as Tab) ? (asked as Tab) : tabs[0]
  return (
    <>
      <div class="title">
        <div>
          <h1>{pipeline.title ?? pipeline.name}</h1>
          <p class="about">
            {isDraft ? 'What you changed in its file, not saved yet. ' : pipeline.description}
            {isDraft && <a href={hrefOf(pipeline.name, 'file')}>Back to the file</a>}
          </p>
        </div>
        {tabs.length > 1 && tab && <Tabs tabs={tabs} chosen={tab} name={name} />}
      </div>
      {error !== undefined && <p class="notice error">{error}</p>}
      {tab !== 'file' && <Findings findings={pipeline.findings} />}
      <div
        role="tabpanel"
        id="panel"
        aria-labelledby={tabs.length > 1 ? `tab-${tab}` : undefined}
        aria-label={tabs.length > 1 ? undefined : pipeline.name}
      >
        {tab === 'file' && (
          <FileView
            key={pipeline.name}
            pipeline={pipeline}
            onTry={(draft) => {
              location.hash = hrefOf(draft, 'run')
            }}
          />
        )}
        {(tab === 'run' || tab === 'chat') && details?.inputs && (
          <Work name={name} version={version} runner={runner}>
            {tab === 'chat' && chats ? (
              <Chat key={name} details={details} input={chats} runner={runner} />
            ) : (
              <>
                <Form
                  key={`${name} ${details.inputs.map((input) => input.name)}`}
                  details={details}
                  runner={runner}
                />
                {runner.view && <Outcome view={runner.view} runner={runner} details={details} />}
              </>
            )}
          </Work>
        )}
      </div>
    </>
  )
}

/** What a run is begun with, beside the graph and the steps; a wide graph stands above them. */
function Work({
  name,
  version,
  runner,
  children,
}: {
  readonly name: string
  readonly version: string
  readonly runner: Runner
  readonly children: ComponentChildren
}) {
  const [chosen, setChosen] = useState<{ component: string; count: number }>()
  const [isWide, setIsWide] = useState(false)
  return (
    <div class={`work${isWide ? ' wide' : ''}`}>
      <div class="column begin">{children}</div>
      <section class="card drawn" aria-label="Graph">
        <Graph
          name={name}
          version={version}
          view={runner.view}
          onChoose={(component) => setChosen((before) => ({ component, count: (before?.count ?? 0) + 1 }))}
          onWidth={(width) => setIsWide(width > WIDE)}
        />
      </section>
      <div class="column">
        {runner.view && <Steps view={runner.view} chosen={chosen && `${chosen.component}#${chosen.count}`} />}
      </div>
    </div>
  )
}

/** In pixels: beyond it, half a page shows too little. */
const WIDE = 1000
