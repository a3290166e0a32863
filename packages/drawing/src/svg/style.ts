interface Scheme {
  readonly page: string
  readonly card: string
  readonly header: string
  readonly border: string
  readonly text: string
  readonly muted: string
  readonly faint: string
  readonly wire: string
  readonly open: string
  readonly loop: string
  readonly convert: string
  readonly failed: string
  readonly bar: string
}

const light: Scheme = {
  page: '#f6f8fa',
  card: '#ffffff',
  header: '#eef2f6',
  border: '#c3ccd6',
  text: '#1f2328',
  muted: '#59636e',
  faint: '#768390',
  wire: '#6e7b8b',
  open: '#0969da',
  loop: '#b35900',
  convert: '#7a3fd1',
  failed: '#cf222e',
  bar: '#54a3ff',
}

const dark: Scheme = {
  page: '#0d1117',
  card: '#161b22',
  header: '#1f2630',
  border: '#3d4652',
  text: '#e6edf3',
  muted: '#9ba6b2',
  faint: '#7d8793',
  wire: '#8090a2',
  open: '#58a6ff',
  loop: '#e39a3b',
  convert: '#b48bff',
  failed: '#ff7b72',
  bar: '#2f81f7',
}

/** Every rule starts with the class of the drawing: an SVG within a page shares its styles with that. */
const shapes = `.millrace{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
.millrace .mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.millrace .end{text-anchor:end}
.millrace .middle{text-anchor:middle}
.millrace .name{font-size:13.5px;font-weight:600}
.millrace .type{font-size:11px}
.millrace .socket{font-size:12px}
.millrace .detail,.millrace .note{font-size:10.5px}
.millrace .wire{fill:none;stroke-width:1.5}
.millrace .wire:hover{stroke-width:3}
.millrace .loop{stroke-dasharray:6 4}
.millrace .idle{opacity:.35}
.millrace .skipped{opacity:.5}
.millrace .skipped .card{stroke-dasharray:4 3}
.millrace .failed .card{stroke-width:2}`

/** The style sheet of a drawing, for light and dark viewers. */
export function styleSheet(): string {
  return `${shapes}\n${colours(light)}\n@media (prefers-color-scheme:dark){\n${colours(dark)}\n}`
}

function colours(scheme: Scheme): string {
  const rules: readonly (readonly [string, string])[] = [
    ['.page', `fill:${scheme.page}`],
    ['text', `fill:${scheme.text}`],
    ['.card', `fill:${scheme.card};stroke:${scheme.border}`],
    ['.header', `fill:${scheme.header}`],
    ['.rule', `stroke:${scheme.border}`],
    ['.type', `fill:${scheme.muted}`],
    ['.detail', `fill:${scheme.muted}`],
    ['.note', `fill:${scheme.muted}`],
    ['.given text', `fill:${scheme.faint}`],
    ['.wire', `stroke:${scheme.wire}`],
    ['.dot', `fill:${scheme.wire};stroke:${scheme.wire}`],
    ['.arrow', `fill:${scheme.wire}`],
    ['.wire.public', `stroke:${scheme.open}`],
    ['.arrow.public', `fill:${scheme.open}`],
    ['.loop', `stroke:${scheme.loop}`],
    ['.arrow.loop', `fill:${scheme.loop};stroke:none`],
    ['.open .dot', `fill:${scheme.open};stroke:${scheme.open}`],
    ['.open .arrow', `fill:${scheme.open}`],
    ['.open .stub', `stroke:${scheme.open}`],
    ['.dot.front', `stroke:${scheme.page}`],
    ['.given .dot', `stroke:${scheme.faint}`],
    ['.hollow', `fill:${scheme.card}`],
    ['.pill', `fill:${scheme.card};stroke:${scheme.open}`],
    ['.public text', `fill:${scheme.open}`],
    ['.label', `fill:${scheme.card};stroke:${scheme.convert}`],
    ['.conversion text', `fill:${scheme.convert}`],
    ['.failed .card', `stroke:${scheme.failed}`],
    ['.failed .failure', `fill:${scheme.failed}`],
    ['.bar', `fill:${scheme.bar}`],
  ]
  return rules.map(([selector, rule]) => `.millrace ${selector}{${rule}}`).join('\n')
}
