/** A function that a parameter takes, such as a streaming callback. Files name one that their registry knows. */
// biome-ignore lint/suspicious/noExplicitAny: each parameter that takes a callback states its own signature.
export type Callback = (...parameters: any[]) => unknown
