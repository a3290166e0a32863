import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Component } from '../../../src/component/component.ts'
import { t } from '../../../src/component/t.ts'
import { drawSvg } from '../../../src/drawing/svg/draw-svg.ts'
import { OptionError } from '../../../src/errors.ts'
import type { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { agent, chain, part, pictureOf, pipelineOf, question, visit } from '../parts.ts'
import { numberOf, readSvg, type SvgElement, textsOf, withClass } from './read-svg.ts'

type Placed = ReturnType<typeof withClass>[number]

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
  return readSvg(drawSvg(pictureOf(pipeline)))
}

/** Where each socket's dot is, by `component.socket` and side. */
function dotsOf(root: SvgElement): Map<string, { x: number; y: number }> {
  const dots = new Map<string, { x: number; y: number }>()
  for (const component of withClass(root, 'component')) {
    for (const side of ['input', 'output']) {
      for (const port of withClass(component, side)) {
        const front = withClass(port, 'dot').at(-1) as Placed
        dots.set(`${side} ${component.attributes['data-component']}.${port.attributes['data-socket']}`, {
          x: component.dx + middleOf(front).x,
          y: component.dy + middleOf(front).y,
        })
      }
    }
  }
  return dots
}

/** Of a circle, or of a diamond that starts at its left corner. */
function middleOf(dot: SvgElement): { x: number; y: number } {
  if (dot.name === 'circle') return { x: numberOf(dot, 'cx'), y: numberOf(dot, 'cy') }
  const [left, y, x] = (dot.attributes['d'] ?? '')
    .split(/[^\d.-]+/)
    .slice(1)
    .map(Number) as [number, number, number]
  expect(left).toBeLessThan(x)
  return { x, y }
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Points along a path, close enough to each other to meet any card on the way. */
function pointsOf({ attributes, dx, dy }: Placed): Point[] {
  const points: Point[] = []
  for (const [, letter, list = ''] of (attributes['d'] ?? '').matchAll(/([MHLCQ])([^MHLCQ]*)/g)) {
    const numbers = list.trim().split(/\s+/).map(Number)
    const from = points.at(-1) as Point
    const pairs = letter === 'H' ? [{ x: numbers[0] as number, y: from.y }] : pairsOf(numbers)
    for (let step = 1; step <= 20; step++)
      points.push(letter === 'M' ? (pairs[0] as Point) : along([from, ...pairs], step / 20))
  }
  return points.map(({ x, y }) => ({ x: x + dx, y: y + dy }))
}

function pairsOf(numbers: readonly number[]): Point[] {
  return numbers.flatMap((x, index) => (index % 2 === 0 ? [{ x, y: numbers[index + 1] as number }] : []))
}

/** A point of the Bézier curve with these control points. */
function along(points: readonly Point[], part: number): Point {
  if (points.length === 1) return points[0] as Point
  const between = points.slice(1).map((to, index) => {
    const from = points[index] as Point
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
  })
  return along(between, part)
}

/** The first and the last point of a path. */
function endsOf(wire: Placed): { start: Point; end: Point } {
  const points = pointsOf(wire)
  return { start: points[0] as Point, end: points.at(-1) as Point }
}

/** Everything that has to be true of any drawing. */
function checkDrawing(pipeline: Pipeline): void {
  const source = drawSvg(pictureOf(pipeline))
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

  const wires = withClass(root, 'wire').filter((wire) => wire.attributes['data-from'] && !isPublic(wire))
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

function isPublic(wire: SvgElement): boolean {
  return wire.attributes['class']?.split(' ').includes('public') === true
}

function boundsOf(rectangle: Placed) {
  const left = numberOf(rectangle, 'x') + rectangle.dx
  const top = numberOf(rectangle, 'y') + rectangle.dy
  return {
    left,
    top,
    right: left + numberOf(rectangle, 'width'),
    bottom: top + numberOf(rectangle, 'height'),
  }
}

type Bounds = ReturnType<typeof boundsOf>

function inside({ left, top, right, bottom }: Bounds): Bounds {
  return { left: left + 1, top: top + 1, right: right - 1, bottom: bottom - 1 }
}

function overlap(one: Bounds, other: Bounds): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
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
  const wires = withClass(draw(agent()), 'wire').filter((wire) => wire.attributes['data-from'])
  const loops = wires.filter((wire) => wire.attributes['class']?.includes('loop'))
  expect(loops.map((wire) => wire.attributes['data-from'])).toEqual(['tools.results'])
  for (const wire of wires) {
    const { start, end } = endsOf(wire)
    if (loops.includes(wire)) expect(end.x).toBeLessThan(start.x)
    else expect(end.x).toBeGreaterThan(start.x)
  }
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
  const root = readSvg(drawSvg(pictureOf(agent(), trace)))
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
    pictureOf(pipelineOf({ [long]: part('A', { [long]: t.string({ description: 'Why so long?' }) }, {}) })),
  )
  const root = readSvg(source)
  expect(textsOf(root).filter((text) => text.includes(long))).toEqual([])
  expect(textsOf(root).filter((text) => text.includes('…'))).toHaveLength(2)
  expect(source).toContain(`<title>${long}: A</title>`)
  expect(source).toContain(`<title>${long}: string. Why so long? (needed)</title>`)
})

test('has a title and a description, colours for both schemes, and nothing from elsewhere', () => {
  const source = drawSvg(pictureOf(agent()))
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
      expect(names(readSvg(drawSvg(pictureOf(pipeline)))).filter((element) => !ours.has(element))).toEqual([])
    }),
  )
})

describe('a pipeline that is too large', () => {
  function refusal(pipeline: Pipeline): string {
    try {
      drawSvg(pictureOf(pipeline))
    } catch (error) {
      if (OptionError.isInstance(error)) return `${error.code}: ${error.message}`
      throw error
    }
    return 'nothing was thrown'
  }

  test('has more than 300 components', () => {
    expect(refusal(chain(301))).toBe(
      "PIPELINE_INVALID_OPTION: A pipeline with 301 components is too large for an SVG, which holds 300. Draw it with the format 'mermaid' or 'text'.",
    )
  })

  test('has connections that pass too many others', () => {
    const pairs = Array.from({ length: 40 }, (_, from) =>
      Array.from({ length: 40 }, (_, to) => [from, to] as const),
    )
    expect(
      refusal(
        tangle(
          40,
          pairs.flat().filter(([from, to]) => from < to),
        ),
      ),
    ).toBe(
      "PIPELINE_INVALID_OPTION: The 780 connections of the pipeline pass 10660 steps in all, too many for an SVG, which holds 3000. Draw it with the format 'mermaid' or 'text'.",
    )
  })

  test('is not one of 300 in a row', () => {
    expect(withClass(draw(chain(300)), 'component')).toHaveLength(300)
  })
})
