/** On what a write depends: that there is no object yet, or this very version. */
export type WriteCondition = { readonly ifNoneMatch: '*' } | { readonly ifMatch: string }
