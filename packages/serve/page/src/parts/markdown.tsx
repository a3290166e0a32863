import { marked, type Token, type Tokens } from 'marked'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'

/**
 * Text of a model as Markdown. Its tokens become elements one by one, so that nothing in it is ever read as HTML; an image is
 * a link: loading it would tell its server what was asked.
 */
export function Markdown({ text }: { readonly text: string }) {
  const tokens = useMemo(() => marked.lexer(text, { gfm: true, breaks: true }), [text])
  return <div class="markdown">{renderAll(tokens)}</div>
}

function renderAll(tokens: readonly Token[] | undefined): ComponentChildren {
  return tokens?.map((token, index) => <Piece key={index} token={token} />)
}

function Piece({ token }: { readonly token: Token }): ComponentChildren {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      return <p class={`heading level-${(token as Tokens.Heading).depth}`}>{renderAll(token.tokens)}</p>
    case 'paragraph':
      return <p>{renderAll(token.tokens)}</p>
    case 'code':
      return <CodeBlock text={(token as Tokens.Code).text} language={(token as Tokens.Code).lang} />
    case 'blockquote':
      return <blockquote>{renderAll(token.tokens)}</blockquote>
    case 'hr':
      return <hr />
    case 'list':
      return <List list={token as Tokens.List} />
    case 'table':
      return <Table table={token as Tokens.Table} />
    case 'strong':
      return <strong>{renderAll(token.tokens)}</strong>
    case 'em':
      return <em>{renderAll(token.tokens)}</em>
    case 'del':
      return <del>{renderAll(token.tokens)}</del>
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>
    case 'br':
      return <br />
    case 'link':
      return <Link href={(token as Tokens.Link).href}>{renderAll(token.tokens)}</Link>
    case 'image': {
      const { href, text } = token as Tokens.Image
      return <Link href={href}>{`Image: ${text || href}`}</Link>
    }
    case 'text':
      return token.tokens ? renderAll(token.tokens) : (token as Tokens.Text).text
    case 'escape':
      return (token as Tokens.Escape).text
    default:
      return token.raw
  }
}

function List({ list }: { readonly list: Tokens.List }) {
  const items = list.items.map((item, index) => <li key={index}>{renderAll(item.tokens)}</li>)
  return list.ordered ? <ol start={Number(list.start) || 1}>{items}</ol> : <ul>{items}</ul>
}

function Table({ table }: { readonly table: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <div class="scroll" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>
            {table.header.map(({ tokens }, index) => (
              <th key={index}>{renderAll(tokens)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map(({ tokens }, column) => (
                <td key={column}>{renderAll(tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function CodeBlock({ text, language }: { readonly text: string; readonly language?: string | undefined }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <pre tabIndex={0} aria-label={`Code${language ? `, ${language}` : ''}`} role="group">
      <code>{text}</code>
    </pre>
  )
}

function Link({ href, children }: { readonly href: string; readonly children: ComponentChildren }) {
  if (!/^(https?:|mailto:)/i.test(href)) return <>{children}</>
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
    </a>
  )
}
