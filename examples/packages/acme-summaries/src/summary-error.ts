import { MillraceError } from '@millrace/core'

/** What the components of this package throw, by code. */
export type SummaryErrorCode = 'SUMMARY_NO_TEXT' | 'SUMMARY_REFUSED' | 'SUMMARY_EMPTY'

/** A summary could not be made. The message says why, and what to do. */
export class SummaryError extends MillraceError<SummaryErrorCode> {}
