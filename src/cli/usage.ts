/** The help text of the command. */
export const USAGE = `symgate: an HTTP symbol server and caching proxy

  symgate serve [--config FILE] [--listen HOST:PORT] [--data DIR]
      run the server until SIGTERM or SIGINT
  symgate token create --scope download|upload|admin [--name N] [--expires 90d] [--json]
                [--tags PATTERNS] [--names PATTERNS]
  symgate token list [--json]
  symgate token revoke ID
      tokens; beside a running server they take effect at once
  symgate reindex
      rebuild the index from the stored files
  symgate check [--repair] [--sample N%] [--resume] [--json]
      compare the stored files with the index and their hashes; exit 0 when all is well
  symgate sweep [--dry-run] [--json]
      remove the packages that retention keeps no longer, or say which
  symgate import [--tag T] [--reflink] [--json] DIR
      take over a tree of symbol files: SymStore's, Breakpad's, another server's
  symgate push [--server URL] [--token T] [--tag T] [--product P] [--version V] [--strict]
               [--on-conflict keep|replace] [--dry-run] [--json] PATH…
      send the symbol files below files, folders and globs that the server lacks
  symgate fetch [--server URL] [--token T] [--out DIR] [--json] PATH|MANIFEST…
      get what executables, folders, minidumps or a manifest need, into DIR (./symbols)
  symgate identify [--json] PATH…
      say what symbol files are
  symgate help | version

SYMGATE_URL and SYMGATE_TOKEN stand for --server and --token.
token, reindex, check, sweep and import take --data DIR and --config FILE as serve does.
Exit codes: 0 done, 1 failed, 2 wrong configuration or command line.
`
