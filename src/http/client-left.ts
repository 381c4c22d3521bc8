/** The client closed the connection before its answer was whole: nobody's fault, and nothing to repair. */
export class ClientLeft extends Error {
  constructor(options?: ErrorOptions) {
    super('the client has left', options)
  }
}
