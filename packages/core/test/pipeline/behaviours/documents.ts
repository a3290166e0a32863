import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { BranchJoiner, FString, StringListJoiner, TextSplitter } from '../../fixtures/index.ts'
import type { Behaviour } from './behaviour.ts'
import { Collect, Convert, Route, Scripted, Search } from './parts.ts'

/** Files by kind: socket names are those of the kinds, with a slash. */
const kinds = () => new Route({ words: { 'text/html': '<', 'text/csv': ',', 'text/plain': '' } })

export const documents: Behaviour[] = [
  {
    name: 'linear with conditional branching and several joins',
    pipeline: () =>
      new Pipeline({
        route: new Route({ words: { web: 'web', local: '' } }),
        web: new Search(),
        notes: new Search({ source: 'notes' }),
        expand: new FString({ template: '{query} again' }),
        more: new Search({ source: 'more' }),
        joiner: new StringListJoiner(),
        all: new StringListJoiner(),
        fixed: new TextSplitter(),
      })
        .connect('route.web', 'web.query')
        .connect('route.local', 'notes.query')
        .connect('route.local', 'expand.query')
        .connect('expand.string', 'more.query')
        .connect('web.documents', 'joiner.lists')
        .connect('notes.documents', 'joiner.lists')
        .connect('more.documents', 'joiner.lists')
        .connect('fixed.output', 'all.lists')
        .connect('joiner.output', 'all.lists'),
    runs: [
      {
        inputs: { route: { text: 'mills' }, fixed: { sentence: 'x y' } },
        outputs: { all: { output: ['x', 'y', 'notes: mills', 'more: mills again'] } },
        visits: {
          route: [{ text: 'mills' }],
          fixed: [{ sentence: 'x y' }],
          notes: [{ query: 'mills' }],
          expand: [{ query: 'mills' }],
          more: [{ query: 'mills again' }],
          joiner: [{ lists: [['notes: mills'], ['more: mills again']] }],
          all: [
            {
              lists: [
                ['x', 'y'],
                ['notes: mills', 'more: mills again'],
              ],
            },
          ],
        },
      },
      {
        inputs: { route: { text: 'web mills' }, fixed: { sentence: 'x' } },
        outputs: { all: { output: ['x', 'web: web mills'] } },
        visits: {
          route: [{ text: 'web mills' }],
          fixed: [{ sentence: 'x' }],
          web: [{ query: 'web mills' }],
          joiner: [{ lists: [['web: web mills']] }],
          all: [{ lists: [['x'], ['web: web mills']] }],
        },
      },
    ],
  },
  {
    name: 'file conversion with two joiners',
    pipeline: () =>
      new Pipeline({
        kinds: kinds(),
        plain: new Convert({ kind: 'plain' }),
        html: new Convert({ kind: 'html' }),
        csv: new Convert({ kind: 'csv' }),
        texts: new StringListJoiner(),
        all: new StringListJoiner(),
      })
        .connect('kinds.text/plain', 'plain.source')
        .connect('kinds.text/html', 'html.source')
        .connect('kinds.text/csv', 'csv.source')
        .connect('plain.documents', 'texts.lists')
        .connect('html.documents', 'texts.lists')
        .connect('texts.output', 'all.lists')
        .connect('csv.documents', 'all.lists'),
    runs: [
      {
        inputs: { kinds: { text: '<p>' } },
        outputs: { all: { output: ['html <p>'] } },
        visits: {
          kinds: [{ text: '<p>' }],
          html: [{ source: '<p>' }],
          texts: [{ lists: [['html <p>']] }],
          all: [{ lists: [['html <p>']] }],
        },
      },
      {
        inputs: { kinds: { text: 'a,b' } },
        outputs: { all: { output: ['csv a,b'] } },
        visits: { kinds: [{ text: 'a,b' }], csv: [{ source: 'a,b' }], all: [{ lists: [['csv a,b']] }] },
      },
    ],
  },
  {
    name: 'file conversion with three joiners',
    pipeline: () =>
      new Pipeline({
        kinds: kinds(),
        plain: new Convert({ kind: 'plain' }),
        html: new Convert({ kind: 'html' }),
        first: new StringListJoiner(),
        notes: new Search({ source: 'notes' }),
        second: new StringListJoiner(),
        third: new StringListJoiner(),
      })
        .connect('kinds.text/plain', 'plain.source')
        .connect('kinds.text/html', 'html.source')
        .connect('plain.documents', 'first.lists')
        .connect('html.documents', 'first.lists')
        .connect('first.output', 'second.lists')
        .connect('notes.documents', 'second.lists')
        .connect('second.output', 'third.lists')
        .connect('first.output', 'third.lists'),
    runs: [
      {
        inputs: { kinds: { text: 'text' }, notes: { query: 'q' } },
        outputs: { third: { output: ['plain text', 'notes: q', 'plain text'] } },
        visits: {
          kinds: [{ text: 'text' }],
          notes: [{ query: 'q' }],
          plain: [{ source: 'text' }],
          first: [{ lists: [['plain text']] }],
          second: [{ lists: [['plain text'], ['notes: q']] }],
          third: [{ lists: [['plain text', 'notes: q'], ['plain text']] }],
        },
      },
    ],
  },
  {
    name: 'file conversion with three joiners and a loop',
    pipeline: () =>
      new Pipeline({
        joiner: new BranchJoiner({ of: 'string' }),
        kinds: kinds(),
        strip: new Scripted({ replies: ['a,b', 'text'] }),
        plain: new Convert({ kind: 'plain' }),
        csv: new Convert({ kind: 'csv' }),
        first: new StringListJoiner(),
        notes: new Search({ source: 'notes' }),
        second: new StringListJoiner(),
      })
        .connect('joiner.value', 'kinds.text')
        .connect('kinds.text/html', 'strip.prompt')
        .connect('strip.reply', 'joiner.value')
        .connect('kinds.text/plain', 'plain.source')
        .connect('kinds.text/csv', 'csv.source')
        .connect('plain.documents', 'first.lists')
        .connect('csv.documents', 'first.lists')
        .connect('notes.documents', 'second.lists')
        .connect('first.output', 'second.lists'),
    runs: [
      {
        inputs: { joiner: { value: '<p>' }, notes: { query: 'q' } },
        outputs: { second: { output: ['notes: q', 'csv a,b'] } },
        visits: {
          joiner: [{ value: ['<p>'] }, { value: ['a,b'] }],
          kinds: [{ text: '<p>' }, { text: 'a,b' }],
          strip: [{ prompt: '<p>' }],
          notes: [{ query: 'q' }],
          csv: [{ source: 'a,b' }],
          first: [{ lists: [['csv a,b']] }],
          second: [{ lists: [['notes: q'], ['csv a,b']] }],
        },
      },
    ],
  },
  {
    name: 'file conversion with lists that are joined',
    pipeline: () =>
      new Pipeline({
        kinds: kinds(),
        plain: new Convert({ kind: 'plain' }),
        html: new Convert({ kind: 'html' }),
        notes: new Search({ source: 'notes' }),
        collect: new Collect(),
      })
        .connect('kinds.text/plain', 'plain.source')
        .connect('kinds.text/html', 'html.source')
        .connect('plain.documents', 'collect.documents')
        .connect('html.documents', 'collect.documents')
        .connect('notes.documents', 'collect.documents'),
    runs: [
      {
        inputs: { kinds: { text: 'a\nb' }, notes: { query: 'q' } },
        outputs: { collect: { documents: ['plain a', 'plain b', 'notes: q'] } },
        visits: {
          kinds: [{ text: 'a\nb' }],
          notes: [{ query: 'q' }],
          plain: [{ source: 'a\nb' }],
          collect: [{ documents: ['plain a', 'plain b', 'notes: q'] }],
        },
      },
    ],
  },
]
