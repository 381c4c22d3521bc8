/** Why a symbol request is answered 404; the words of the `X-Symgate-Miss` header. */
export type MissReason = 'absent' | 'remembered' | 'trouble' | 'malformed' | 'mismatch'
