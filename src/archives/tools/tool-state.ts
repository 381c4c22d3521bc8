/** Whether an optional program can be used here. */
export type ToolState =
  | { readonly available: true; readonly version: string }
  /** `missing` is a clause that says what is to be done about it. */
  | { readonly available: false; readonly missing: string }
