import type { Block } from '../run/blocks.ts'
import type { Part } from '../wire.ts'
import { Markdown } from './markdown.tsx'

/** What a model wrote and did, in its order: thoughts and calls are folded. */
export function Blocks({
  blocks,
  isGrowing = false,
}: {
  readonly blocks: readonly Block[]
  readonly isGrowing?: boolean
}) {
  return (
    <div class="blocks">
      {blocks.map((block, index) => (
        <OneBlock key={index} block={block} isLast={isGrowing && index === blocks.length - 1} />
      ))}
    </div>
  )
}

function OneBlock({ block, isLast }: { readonly block: Block; readonly isLast: boolean }) {
  switch (block.kind) {
    case 'text':
      return block.text.trim() === '' ? null : <Markdown text={block.text} />
    case 'reasoning':
      return (
        <details class="fold thoughts">
          <summary>{isLast ? 'Thinking…' : 'Thoughts'}</summary>
          <div class="plain">{block.text}</div>
        </details>
      )
    case 'call':
      return (
        <details class="fold call">
          <summary>
            Calls <code>{block.name || 'a tool'}</code>
            <span class="quiet clip">{block.arguments.slice(0, 80)}</span>
          </summary>
          <pre>{pretty(block.arguments)}</pre>
        </details>
      )
    case 'result':
      return (
        <details class={`fold result${block.isError ? ' error' : ''}`}>
          <summary>
            {block.isError ? 'Failed: ' : 'Result of '}
            <code>{block.name || 'the tool'}</code>
            <span class="quiet clip">{textOfParts(block.parts).slice(0, 80)}</span>
          </summary>
          {block.parts.map((part, index) => (
            <Media key={index} part={part} />
          ))}
        </details>
      )
    case 'media':
      return <Media part={block.part} />
  }
}

function Media({ part }: { readonly part: Part }) {
  if (part.type === 'text') return <div class="plain">{part.text}</div>
  if (part.type === 'image') {
    return <img class="picture" alt="" src={`data:${part.mimeType};base64,${part.base64}`} />
  }
  if (part.type !== 'file') return null
  return (
    <p class="file">
      {part.filename ?? 'A file'} <span class="quiet">{part.mimeType}</span>
    </p>
  )
}

function textOfParts(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join(' ')
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json
  }
}
