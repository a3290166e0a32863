import { useRef } from 'preact/hooks'
import { hrefOf, type Tab } from '../route.ts'

const names: Readonly<Record<Tab, string>> = { run: 'Run', chat: 'Chat', file: 'File' }

/** Arrow keys go from tab to tab, as in tabs everywhere. */
export function Tabs({
  tabs,
  chosen,
  name,
}: {
  readonly tabs: readonly Tab[]
  readonly chosen: Tab
  readonly name: string
}) {
  const list = useRef<HTMLDivElement>(null)
  const choose = (tab: Tab) => {
    location.hash = hrefOf(name, tab)
    list.current?.querySelector<HTMLElement>(`#tab-${tab}`)?.focus()
  }
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const next = tabs[(tabs.indexOf(chosen) + by + tabs.length) % tabs.length]
    if (next) choose(next)
  }
  return (
    <div class="tabs" role="tablist" aria-label="Views" ref={list} onKeyDown={step}>
      {tabs.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === chosen}
          aria-controls="panel"
          tabIndex={tab === chosen ? 0 : -1}
          onClick={() => choose(tab)}
        >
          {names[tab]}
        </button>
      ))}
    </div>
  )
}
