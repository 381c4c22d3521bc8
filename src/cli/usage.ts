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
  symgate identify [--json] PATH…
      say what symbol files are
  symgate help | version

token and reindex take --data DIR and --config FILE as serve does.
Exit codes: 0 done, 1 failed, 2 wrong configuration or command line.
`
