import { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { BranchJoiner, FString } from '../../fixtures/index.ts'
import type { Behaviour } from './behaviour.ts'
import { Route, Scripted, Search } from './parts.ts'

export const agents: Behaviour[] = [
  {
    name: 'a simple agent',
    pipeline: () =>
      new Pipeline({
        prompt: new FString({ template: 'Question: {query}' }),
        joiner: new BranchJoiner({ of: 'string' }),
        llm: new Scripted({ replies: ['search: mills', 'finish: 42'] }),
        tool: new Route({ words: { search: 'search:', finish: 'finish:' } }),
        search: new Search(),
        observe: new FString({ template: 'Thought: {thought} Found: {documents}' }),
      })
        .connect('prompt.string', 'joiner.value')
        .connect('joiner.value', 'llm.prompt')
        .connect('llm.reply', 'tool.text')
        .connect('tool.search', 'search.query')
        .connect('tool.search', 'observe.thought')
        .connect('search.documents', 'observe.documents')
        .connect('observe.string', 'joiner.value'),
    runs: [
      {
        inputs: { prompt: { query: 'How many?' } },
        outputs: { tool: { finish: 'finish: 42' } },
        visits: {
          prompt: [{ query: 'How many?' }],
          joiner: [
            { value: ['Question: How many?'] },
            { value: ['Thought: search: mills Found: web: search: mills'] },
          ],
          llm: [
            { prompt: 'Question: How many?' },
            { prompt: 'Thought: search: mills Found: web: search: mills' },
          ],
          tool: [{ text: 'search: mills' }, { text: 'finish: 42' }],
          search: [{ query: 'search: mills' }],
          observe: [{ thought: 'search: mills', documents: ['web: search: mills'] }],
        },
      },
    ],
  },
  {
    name: 'an agent whose tool is a search that feeds a generator',
    pipeline: () =>
      new Pipeline({
        joiner: new BranchJoiner({ of: 'string' }),
        llm: new Scripted({ replies: ['search: mills', 'search: wheels', 'finish: both'] }),
        tool: new Route({ words: { search: 'search:', finish: 'finish:' } }),
        search: new Search(),
        ragPrompt: new FString({ template: '{documents}? {question}' }),
        rag: new Scripted({ replies: ['mills grind', 'wheels turn'] }),
        observe: new FString({ template: 'Observed: {answer}' }),
      })
        .connect('joiner.value', 'llm.prompt')
        .connect('llm.reply', 'tool.text')
        .connect('tool.search', 'search.query')
        .connect('search.documents', 'ragPrompt.documents')
        .connect('tool.search', 'ragPrompt.question')
        .connect('ragPrompt.string', 'rag.prompt')
        .connect('rag.reply', 'observe.answer')
        .connect('observe.string', 'joiner.value'),
    runs: [
      {
        inputs: { joiner: { value: 'Go.' } },
        outputs: { tool: { finish: 'finish: both' } },
        visits: {
          joiner: [
            { value: ['Go.'] },
            { value: ['Observed: mills grind'] },
            { value: ['Observed: wheels turn'] },
          ],
          llm: [{ prompt: 'Go.' }, { prompt: 'Observed: mills grind' }, { prompt: 'Observed: wheels turn' }],
          tool: [{ text: 'search: mills' }, { text: 'search: wheels' }, { text: 'finish: both' }],
          search: [{ query: 'search: mills' }, { query: 'search: wheels' }],
          ragPrompt: [
            { documents: ['web: search: mills'], question: 'search: mills' },
            { documents: ['web: search: wheels'], question: 'search: wheels' },
          ],
          rag: [
            { prompt: 'web: search: mills? search: mills' },
            { prompt: 'web: search: wheels? search: wheels' },
          ],
          observe: [{ answer: 'mills grind' }, { answer: 'wheels turn' }],
        },
      },
    ],
  },
  {
    name: 'an agent with a feedback cycle',
    pipeline: () =>
      new Pipeline({
        joiner: new BranchJoiner({ of: 'string' }),
        write: new Scripted({ replies: ['edit: one', 'edit: two', 'finish'] }),
        tool: new Route({ words: { edit: 'edit:', finish: 'finish' } }),
        edit: new FString({ template: 'edited {file}' }),
        reviewPrompt: new FString({ template: '{task}: {file}' }),
        review: new Scripted({ replies: ['FAIL', 'PASS'] }),
        verdict: new Route({ words: { again: 'FAIL', fine: 'PASS' } }),
        retry: new FString({ template: 'Again: {why}' }),
      })
        .connect('joiner.value', 'write.prompt')
        .connect('write.reply', 'tool.text')
        .connect('tool.edit', 'edit.file')
        .connect('edit.string', 'reviewPrompt.file')
        .connect('reviewPrompt.string', 'review.prompt')
        .connect('review.reply', 'verdict.text')
        .connect('verdict.again', 'retry.why')
        .connect('retry.string', 'joiner.value'),
    runs: [
      {
        inputs: { joiner: { value: 'Fix it.' }, reviewPrompt: { task: 'Review' } },
        outputs: { verdict: { fine: 'PASS' } },
        visits: {
          joiner: [{ value: ['Fix it.'] }, { value: ['Again: FAIL'] }],
          write: [{ prompt: 'Fix it.' }, { prompt: 'Again: FAIL' }],
          tool: [{ text: 'edit: one' }, { text: 'edit: two' }],
          edit: [{ file: 'edit: one' }, { file: 'edit: two' }],
          reviewPrompt: [
            { task: 'Review', file: 'edited edit: one' },
            { task: 'Review', file: 'edited edit: two' },
          ],
          review: [{ prompt: 'Review: edited edit: one' }, { prompt: 'Review: edited edit: two' }],
          verdict: [{ text: 'FAIL' }, { text: 'PASS' }],
          retry: [{ why: 'FAIL' }],
        },
      },
    ],
  },
]
