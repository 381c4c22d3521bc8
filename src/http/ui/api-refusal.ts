/** What the API has refused, with its status, code and sentence. */
export class ApiRefusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, error: { readonly code: string; readonly message: string }) {
    super(error.message)
    this.name = 'ApiRefusal'
    this.status = status
    this.code = error.code
  }
}
