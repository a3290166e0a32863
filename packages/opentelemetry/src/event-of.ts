import type { RunEvent } from '@millrace/core'

/** The run events of one type, or of several. */
export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>
