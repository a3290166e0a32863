import { describe, expect, test } from '@jest/globals'
import { type Component, OptionError, t, type VisitTrace } from '@millrace/core'
import { drawPipeline } from '@millrace/drawing'
import fc from 'fast-check'
import { agent, chain, part, pipelineOf, question, visit } from './parts.ts'
import {
  boundsOf,
  dotsOf,
  endsOf,
  inside,
  numberOf,
  overlap,
  pointsOf,
  readSvg,
  type SvgElement,
  textsOf,
  withClass,
} from './read-svg.ts'

type Pipeline = ReturnType<typeof pipelineOf>

function drawSvg(pipeline: Pipeline, trace?: readonly VisitTrace[]): string {
  return drawPipeline(pipeline, { format: 'svg', ...(trace ? { trace } : {}) })
}

/** A pipeline with as many connections as the numbers name, some of which lead back. */
function tangle(size: number, links: readonly (readonly [number, number])[]): Pipeline {
  const components: Record<string, Component> = {}
  for (let index = 0; index < size; index++) {
    components[`n${index}`] = part(
      'Node',
      { some: t.variadic(t.string()), text: t.array(t.string()), note: t.string({ default: 'x' }) },
      { one: t.string(), other: t.string() },
    )
  }
  const connections = links
    .filter(([from, to]) => from !== to && from < size && to < size)
    .map(
      ([from, to], index) =>
        `n${from}.${index % 3 ? 'one' : 'other'} -> n${to}.${index % 2 ? 'text' : 'some'}`,
    )
  return pipelineOf(components, connections)
}

function draw(pipeline: Pipeline): SvgElement {
  return readSvg(drawSvg(pipeline))
}

/** The lines of connections; the legend has one, too. */
function wiresOf(root: SvgElement) {
  return withClass(root, 'wire').filter((wire) => wire.attributes['data-from'])
}

/** Everything that has to be true of any drawing. */
function checkDrawing(pipeline: Pipeline): void {
  const source = drawSvg(pipeline)
  const root = readSvg(source)
  expect(source).not.toMatch(/NaN|Infinity|undefined|e-\d/)

  const components = withClass(root, 'component')
  expect(components.map((component) => component.attributes['data-component']).sort()).toEqual(
    pipeline.names().sort(),
  )
  const rectangles = withClass(root, 'card').map(boundsOf)
  const [width, height] = [numberOf(root, 'width'), numberOf(root, 'height')]
  rectangles.forEach((one, index) => {
    expect(one.left >= 0 && one.top >= 0 && one.right <= width && one.bottom <= height).toBe(true)
    for (const other of rectangles.slice(index + 1)) expect(overlap(one, other)).toBe(false)
  })

  const wires = wiresOf(root).filter((wire) => !wire.attributes['class']?.includes('public'))
  expect(
    wires.map((wire) => `${wire.attributes['data-from']} -> ${wire.attributes['data-to']}`).sort(),
  ).toEqual(
    pipeline
      .connections()
      .map(
        ({ sender, receiver }) =>
          `${sender.component}.${sender.socket} -> ${receiver.component}.${receiver.socket}`,
      )
      .sort(),
  )
  const dots = dotsOf(root)
  for (const wire of wires) {
    expect(endsOf(wire)).toEqual({
      start: dots.get(`output ${wire.attributes['data-from']}`),
      end: dots.get(`input ${wire.attributes['data-to']}`),
    })
  }

  const hidden = wires
    .flatMap(pointsOf)
    .filter(({ x, y }) =>
      rectangles.some((card) => overlap({ left: x, top: y, right: x, bottom: y }, inside(card))),
    )
  expect(hidden).toEqual([])

  const labels = withClass(root, 'label')
    .filter((label) => label.attributes['x'] !== undefined)
    .map(boundsOf)
  labels.forEach((label, index) => {
    for (const other of [...rectangles, ...labels.slice(index + 1)]) expect(overlap(label, other)).toBe(false)
  })
}

describe('every drawing shows all components and connections, apart from each other and joined at their sockets', () => {
  test.each([
    ['two components', question()],
    ['a loop, and names of the pipeline', agent()],
    ['thirty components with loops', chain(30)],
    [
      'a star',
      tangle(
        20,
        Array.from({ length: 19 }, (_, index) => [0, index + 1]),
      ),
    ],
    ['components without connections', tangle(17, [])],
    [
      'several that do not hang together',
      tangle(12, [
        [0, 1],
        [2, 3],
        [3, 4],
        [5, 6],
        [6, 5],
      ]),
    ],
  ])('%s', (_, pipeline) => {
    checkDrawing(pipeline)
  })

  test('any tangle', () => {
    const end = fc.nat({ max: 13 })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 14 }),
        fc.array(fc.tuple(end, end), { maxLength: 40 }),
        (size, links) => {
          checkDrawing(tangle(size, links))
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('forward connections lead to the right, and those that close a loop to the left and look different', () => {
  const wires = wiresOf(draw(agent()))
  const loops = wires.filter((wire) => wire.attributes['class']?.includes('loop'))
  expect(loops.map((wire) => wire.attributes['data-from'])).toEqual(['tools.results'])
  for (const wire of wires) {
    const { start, end } = endsOf(wire)
    if (loops.includes(wire)) expect(end.x).toBeLessThan(start.x)
    else expect(end.x).toBeGreaterThan(start.x)
  }
})

/** The upper edge of a component's card. */
function topOf(root: SvgElement, name: string): number {
  const component = withClass(root, 'component').find((one) => one.attributes['data-component'] === name)
  return Math.min(...withClass(component as SvgElement, 'card').map((card) => boundsOf(card).top))
}

test('a chain is level: its wires have no curve', () => {
  const root = draw(
    tangle(4, [
      [0, 1],
      [1, 2],
      [2, 3],
    ]),
  )
  expect(wiresOf(root).filter((wire) => wire.attributes['d']?.includes('C'))).toEqual([])
})

test('components are ordered so that the wires of one do not cross, by its sockets', () => {
  const step = () => part('Step', { value: t.string() }, { value: t.string() })
  const two = part('Two', {}, { upper: t.string(), lower: t.string() })
  const root = draw(
    pipelineOf({ one: step(), other: step(), two }, ['two.lower -> one.value', 'two.upper -> other.value']),
  )
  expect(topOf(root, 'other')).toBeLessThan(topOf(root, 'one'))
})

test('wires that lead back each have a lane, a label apart from the next', () => {
  const root = draw(
    tangle(4, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
      [0, 2],
      [2, 0],
      [1, 3],
      [3, 1],
    ]),
  )
  const lanes = wiresOf(root)
    .filter((wire) => wire.attributes['class']?.includes('loop'))
    .map((wire) => Math.max(...pointsOf(wire).map(({ y }) => y)))
    .sort((a, b) => a - b)
  expect(lanes).toHaveLength(3)
  for (const [index, lane] of lanes.slice(1).entries()) expect(lane - (lanes[index] ?? 0)).toBeGreaterThan(11)
})

test('parts that nothing connects stand beside each other, within about the proportions of a screen', () => {
  const root = draw(tangle(17, []))
  const proportion = numberOf(root, 'width') / numberOf(root, 'height')
  expect(proportion).toBeGreaterThan(1)
  expect(proportion).toBeLessThan(3)
})

test('texts are those of the sockets: names, types, defaults and conversions', () => {
  const texts = textsOf(draw(question()))
  expect(texts).toEqual(
    expect.arrayContaining([
      'prompt',
      'PromptBuilder',
      'country',
      'string',
      'style',
      'string = "brief"',
      'ChatMessage[]',
      'textToMessages',
    ]),
  )
})

test('needed inputs are filled, optional ones hollow, and several senders stand behind each other', () => {
  const root = draw(agent())
  const dots = (component: string, socket: string) => {
    const card = withClass(root, 'component').find(
      ({ attributes }) => attributes['data-component'] === component,
    )
    const port = withClass(card as SvgElement, 'input').find(
      ({ attributes }) => attributes['data-socket'] === socket,
    )
    return withClass(port as SvgElement, 'dot').map(
      ({ name, attributes }) => `${name} ${attributes['class']}`,
    )
  }
  expect(dots('llm', 'messages')).toEqual(['circle dot'])
  expect(dots('llm', 'tools')).toEqual(['circle dot hollow'])
  expect(dots('log', 'lines')).toEqual(['circle dot', 'circle dot front'])
  expect(dots('joiner', 'value')).toEqual(['path dot', 'path dot front'])
})

test('what the caller has to give and what goes to the result has an arrow of its own', () => {
  const root = draw(question())
  const open = ['input', 'output']
    .flatMap((side) => withClass(root, side))
    .filter(({ attributes }) => attributes['class']?.includes('open'))
  expect(open.map(({ attributes }) => attributes['data-socket'])).toEqual(['country', 'replies'])
  expect(withClass(root, 'given').map(({ attributes }) => attributes['data-socket'])).toEqual([
    'style',
    'tools',
  ])
})

test('a run is drawn onto the cards', () => {
  const { outputs, ...failed } = visit('llm', { durationMs: 30, error: 'It broke.\nThere.' })
  const trace = [visit('prompt', { outputs: { prompt: 'x' } }), failed]
  const root = readSvg(drawSvg(agent(), trace))
  const classOf = (name: string) =>
    withClass(root, 'component').find(({ attributes }) => attributes['data-component'] === name)?.attributes[
      'class'
    ]
  expect([classOf('prompt'), classOf('llm'), classOf('tools')]).toEqual([
    'component',
    'component failed',
    'component skipped',
  ])
  const bars = withClass(root, 'bar').map((bar) => numberOf(bar, 'width'))
  expect(bars).toHaveLength(2)
  expect(textsOf(root)).toEqual(
    expect.arrayContaining(['×1 · 10 ms · 25 %', '×1 · 30 ms · 75 %', 'It broke.', 'did not run']),
  )
  expect(
    withClass(root, 'idle')
      .filter((wire) => wire.name === 'path')
      .map((wire) => wire.attributes['data-from']),
  ).not.toContain('prompt.prompt')
})

test('what is cut is in the tooltip', () => {
  const long = 'a_name_that_goes_on_and_on_and_on_and_on_until_nobody_reads_it'
  const source = drawSvg(
    pipelineOf({ [long]: part('A', { [long]: t.string({ description: 'Why so long?' }) }, {}) }),
  )
  const root = readSvg(source)
  expect(textsOf(root).filter((text) => text.includes(long))).toEqual([])
  expect(textsOf(root).filter((text) => text.includes('…'))).toHaveLength(2)
  expect(source).toContain(`<title>${long}: A</title>`)
  expect(source).toContain(`<title>${long}: string. Why so long? (needed)</title>`)
})

test('has a title and a description, colours for both schemes, and nothing from elsewhere', () => {
  const source = drawSvg(agent())
  const root = readSvg(source)
  expect(root.attributes['role']).toBe('img')
  const [title, description] = root.children
  expect(title).toMatchObject({ name: 'title', text: 'Pipeline with 6 components and 7 connections' })
  expect(description?.name).toBe('desc')
  expect(description?.text).toContain('router (ToolRouter)')
  expect(description?.text).toContain('tools.results to joiner.value')
  expect(source).toContain('@media (prefers-color-scheme:dark){')
  expect(source.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
    /https?:|url\(|@import|<script|<image|<use|href|\son[a-z]+=/,
  )
})

test('whatever sockets and types are called, it is well-formed and has no element that is not ours', () => {
  const ours = new Set(['svg', 'title', 'desc', 'style', 'rect', 'g', 'path', 'circle', 'text'])
  const name = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom('<script>alert(1)</script>', ']]>', '&amp;', '"><g onload="x'),
  )
  fc.assert(
    fc.property(name, name, name, (input, output, type) => {
      fc.pre([input, output].every((text) => !(text in Object.prototype) && !text.includes(' -> ')))
      const kind = t.custom(type, () => true)
      const pipeline = pipelineOf(
        { a: part(type, { [input]: kind }, { [output]: kind }), b: part('B', { [input]: kind }, {}) },
        [`a.${output} -> b.${input}`],
      )
      const names = (element: SvgElement): string[] => [element.name, ...element.children.flatMap(names)]
      expect(names(readSvg(drawSvg(pipeline))).filter((element) => !ours.has(element))).toEqual([])
    }),
  )
})

describe('a pipeline that is too large', () => {
  const pairs = Array.from({ length: 25 }, (_, from) =>
    Array.from({ length: 24 - from }, (_, step) => [from, from + step + 1] as const),
  )
  test.each([
    [
      'has more than 200 components',
      chain(201),
      'A pipeline with 201 components is too large for an SVG, which holds 200.',
    ],
    [
      'has connections that pass too many others',
      tangle(25, pairs.flat()),
      'The 300 connections of the pipeline pass 2600 steps in all, too many for an SVG, which holds 500.',
    ],
  ])('%s', (_, pipeline, message) => {
    expect(() => drawSvg(pipeline)).toThrow(
      new OptionError('PIPELINE_INVALID_OPTION', `${message} Draw it with the format 'mermaid' or 'text'.`),
    )
  })

  test('is not one of 200 in a row', () => {
    expect(withClass(draw(chain(200)), 'component')).toHaveLength(200)
  })
})
