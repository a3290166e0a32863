import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { api } from '../api.ts'
import { duration } from '../parts/format.ts'
import { useLoaded } from '../parts/use.ts'
import { type ComponentView, componentsOf, isGoingOn, type RunView } from '../run/run-view.ts'

interface Props {
  readonly name: string
  /** Changes when the pipeline does. */
  readonly version: string
  readonly view: RunView | undefined
  readonly onChoose: (component: string) => void
  readonly onWidth: (width: number) => void
}

/** The drawing of a pipeline, on which its run is shown. The list of steps beside it says the same in words. */
export function Graph({ name, version, view, onChoose, onWidth }: Props) {
  const { value: source, error } = useLoaded(() => api.drawing(name), [name, version])
  const [isLarge, setIsLarge] = useState(false)
  const host = useRef<HTMLDivElement>(null)
  const drawing = useMemo(() => (source === undefined ? undefined : parse(source)), [source])

  useEffect(() => {
    if (!drawing) return
    host.current?.replaceChildren(drawing)
    onWidth(Number(drawing.getAttribute('width')))
  }, [drawing])

  useEffect(() => {
    if (drawing) showRun(drawing, view)
  })

  if (error !== undefined) return <p class="notice">{error}</p>
  return (
    <div class="graph">
      <button
        type="button"
        class="plain zoom"
        aria-pressed={isLarge}
        onClick={() => setIsLarge((before) => !before)}
      >
        {isLarge ? 'Fit' : 'Full size'}
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the steps beside it do the same for the keyboard */}
      <div
        class={`drawing${isLarge ? ' large' : ''}`}
        ref={host}
        // What scrolls is reached by the keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
        tabIndex={0}
        role="group"
        aria-label={`Drawing of ${name}`}
        onClick={(event) => {
          const card = (event.target as Element).closest<SVGElement>('[data-component]')
          if (card?.dataset['component']) onChoose(card.dataset['component'])
        }}
      />
    </div>
  )
}

/** The style sheet that drawings bring along. In the page it is one that is made here: its policy allows no inline styles. */
const drawingStyles = new CSSStyleSheet()

function parse(source: string): SVGSVGElement {
  const [whole = '', styles = ''] = /<style>([^<]*)<\/style>/.exec(source) ?? []
  drawingStyles.replaceSync(styles)
  if (!document.adoptedStyleSheets.includes(drawingStyles)) document.adoptedStyleSheets.push(drawingStyles)
  const { documentElement } = new DOMParser().parseFromString(source.replace(whole, ''), 'image/svg+xml')
  const svg = document.importNode(documentElement, true) as unknown as SVGSVGElement
  svg.style.setProperty('--width', `${svg.getAttribute('width')}px`)
  return svg
}

const SVG = 'http://www.w3.org/2000/svg'

function showRun(svg: SVGSVGElement, view: RunView | undefined): void {
  const components = view ? componentsOf(view) : new Map<string, ComponentView>()
  const running = new Set<string>()
  for (const card of svg.querySelectorAll<SVGElement>('[data-component]')) {
    const name = card.dataset['component'] ?? ''
    const component = components.get(name)
    const state = component?.state ?? (view && isGoingOn(view) ? 'waiting' : undefined)
    if (state === undefined) delete card.dataset['state']
    else card.dataset['state'] = state
    if (state === 'running') running.add(name)
    showBadge(card, component ? badgeOf(component) : '')
  }
  for (const wire of svg.querySelectorAll<SVGElement>('.wire')) {
    const [to = ''] = (wire.dataset['to'] ?? '').split('.')
    wire.classList.toggle('active', running.has(to))
  }
}

function badgeOf({ state, visits, totalMs, tokensPerSecond }: ComponentView): string {
  const times = visits > 1 ? ` ×${visits}` : ''
  const speed = tokensPerSecond === undefined ? '' : ` · ${tokensPerSecond.toFixed(0)} tok/s`
  switch (state) {
    case 'running':
      return `● runs${times}`
    case 'paused':
      return '‖ waits for you'
    case 'failed':
      return `✕ failed${times}`
    case 'stopped':
      return `■ stopped${times}`
    case 'done':
      return `✓${times} ${duration(totalMs)}${speed}`
  }
}

/** A pill on the lower edge of a card. */
function showBadge(card: SVGElement, text: string): void {
  const old = card.querySelector<SVGElement>(':scope > .badge')
  if (old?.dataset['text'] === text) return
  old?.remove()
  if (text === '') return
  const frame = card.querySelector('rect.card')
  const number = (name: string) => Number(frame?.getAttribute(name) ?? 0)
  const width = text.length * 6.4 + 18
  const x = number('x') + number('width') / 2 - width / 2
  const y = number('y') + number('height') - 9
  const badge = make('g', { class: 'badge' })
  badge.dataset['text'] = text
  const label = make('text', { x: x + width / 2, y: y + 13, class: 'middle' })
  label.textContent = text
  badge.append(make('rect', { x, y, width, height: 19, rx: 9.5 }), label)
  card.append(badge)
}

function make(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}
