/** Compiles only for `true`. */
export type Expect<T extends true> = T

/** Whether two types are the same, down to `readonly`, optional keys and unions. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** A type with its intersections written out, so that `{ a: 1 } & { b: 2 }` equals `{ a: 1; b: 2 }`. */
export type Flat<T> = { [K in keyof T]: T[K] }
