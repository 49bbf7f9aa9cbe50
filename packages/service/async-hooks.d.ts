/** The one Node module that all our runtimes have, as far as trace.ts uses it; edge-safe code sees no other Node type. */
export declare class AsyncLocalStorage<Value> {
  getStore(): Value | undefined
  run<Result>(value: Value, work: () => Result): Result
}
