import { randomUUID } from 'node:crypto'
import { objectOf } from '../server/server.ts'

/** A call as far as it has come. */
export interface CallPieces {
  readonly index: number
  readonly id: string
  name: string
  /** JSON text. */
  arguments: string
}

/** A piece of a call as it is streamed. */
export interface CallDelta {
  readonly index: number
  readonly id?: string
  readonly name?: string
  readonly arguments?: string
}

interface Collected {
  readonly call: CallPieces
  /** As the server sent it, where it did. */
  readonly sentId: string | undefined
  readonly sentIndex: number | undefined
}

/**
 * Puts the calls of a reply together. Servers differ: a call comes whole or in pieces, with or without a number, with its id
 * in every piece or in none, with the same id or number as another one, its arguments as text or as an object.
 */
export class CallCollector {
  readonly #collected: Collected[] = []

  get calls(): readonly CallPieces[] {
    return this.#collected.map(({ call }) => call)
  }

  /** Takes what stands in `tool_calls`, and gives what is new. Each call has an id of its own from its first piece on. */
  take(pieces: unknown): CallDelta[] {
    return Array.isArray(pieces) ? pieces.map((piece) => this.#takePiece(objectOf(piece))) : []
  }

  #takePiece(piece: Readonly<Record<string, unknown>>): CallDelta {
    const called = objectOf(piece['function'])
    const id = textOf(piece['id'])
    const name = textOf(called['name'])
    const sentIndex = typeof piece['index'] === 'number' ? piece['index'] : undefined
    const written = called['arguments']
    const args = typeof written === 'string' ? written : written ? JSON.stringify(written) : ''
    const known = this.#find(sentIndex, id, name)
    const { call } = known ?? this.#begin(sentIndex, id)
    const isRepeated = known !== undefined && call.name === name
    const newName = isRepeated ? '' : (name ?? '')
    call.name += newName
    call.arguments += args
    return {
      index: call.index,
      ...(known === undefined ? { id: call.id } : {}),
      ...(newName === '' ? {} : { name: newName }),
      ...(args === '' ? {} : { arguments: args }),
    }
  }

  #find(
    sentIndex: number | undefined,
    id: string | undefined,
    name: string | undefined,
  ): Collected | undefined {
    const last = this.#collected.at(-1)
    // Without a number, a name begins a call, unless it only repeats that of the last one with its id.
    if (sentIndex === undefined) {
      const isNext =
        name !== undefined && (id === undefined || id !== last?.sentId || last?.call.name !== name)
      return isNext ? undefined : last
    }
    const found = this.#collected.findLast((item) => item.sentIndex === sentIndex)
    const isOther = id !== undefined && found?.sentId !== undefined && found.sentId !== id
    return isOther ? undefined : found
  }

  #begin(sentIndex: number | undefined, sentId: string | undefined): Collected {
    const isTaken = this.#collected.some(({ call }) => call.id === sentId)
    const id = sentId === undefined || isTaken ? `call_${randomUUID().replaceAll('-', '')}` : sentId
    const call = { index: this.#collected.length, id, name: '', arguments: '' }
    const collected = { call, sentId, sentIndex }
    this.#collected.push(collected)
    return collected
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
