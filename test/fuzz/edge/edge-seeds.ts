/** Stands in requests for a token that the server takes for uploads. */
export const TOKEN = 'uploadtokenuploadtokenuploadtokenuploadt'

const PDB = '/a.pdb/497B72F6390A44FC878E5A2D63B6CC4B1/a.pdb'
const INJECTED = '%0d%0aX-Injected:%201%0d%0a%0d%0aHTTP/1.1%20200%20OK'

const multipart = [
  '--b',
  'Content-Disposition: form-data; name="tag"',
  '',
  '7',
  '--b',
  'Content-Disposition: form-data; name="upload_file"; filename="a.pdb"',
  'Content-Type: application/octet-stream',
  '',
  'Microsoft C/C++ MSF 7.00',
  '--b--',
  '',
].join('\r\n')

function request(line: string, headers: readonly string[] = [], body = ''): string {
  return [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', body].join('\r\n')
}

function sized(line: string, headers: readonly string[], body: string): string {
  return request(line, [...headers, `Content-Length: ${Buffer.byteLength(body)}`], body)
}

/** Requests of every kind that the server knows, sound ones and such as proxies and servers disagree about. */
export const edgeSeeds: readonly string[] = [
  request(`GET ${PDB}`),
  request(`HEAD /symbols${PDB}`, ['Range: bytes=0-99']),
  request(`GET ${PDB}`, ['Range: bytes=-5,1-2, 7-', 'If-Range: "x"', 'If-None-Match: *']),
  request(`GET ${PDB}`, ['Accept: application/msfz0;q=0.5', 'Accept-Encoding: gzip, *;q=0']),
  request(`GET /t/${TOKEN}${PDB}`, ['Via: 1.1 a, 1.1 b', 'X-Forwarded-For: 1.2.3.4, ::1']),
  request(`GET /download/symbols//a.pdb%2F497B72F6390A44FC878E5A2D63B6CC4B1/./a.pd_`),
  request('GET /single/a.so/elf-buildid-0011223344556677889900112233445566778899/a.so'),
  request('GET /buildid/0011223344556677889900112233445566778899/section/.debug_line'),
  request('GET /index2.txt'),
  request('GET /'),
  request('OPTIONS *', ['Origin: http://a.example', 'Access-Control-Request-Method: GET']),
  request(`GET /api/v1/explain?path=${PDB}`, ['Authorization: Bearer x']),
  request('GET /api/v1/symbols?q=%00%ff&limit=99999999999&cursor=%7B%7D', [
    `Authorization: Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}`,
  ]),
  request('GET /metrics', ['X-Request-Id: a b']),
  request(`GET /${INJECTED}${PDB}`, [`X-Request-Id: ${INJECTED}`, `Origin: ${INJECTED}`]),
  request(`GET /ui/sign-in?to=${INJECTED}`, [`X-Forwarded-Host: ${INJECTED}`]),
  sized(`POST /${TOKEN}/symbols?tag=${INJECTED}`, [], 'x'),
  sized(`POST /${TOKEN}/symbols?tag=7&upload_file=a.pdb`, ['Expect: 100-continue'], 'BSJB'),
  sized(`POST /api/v1/uploads?strict=1&async=1`, [`Auth-Token: ${TOKEN}`], 'PK\u0003\u0004'),
  sized(`POST /${TOKEN}/symbols`, ['Content-Type: multipart/form-data; boundary=b'], multipart),
  sized(`POST /${TOKEN}/symbols`, ['Content-Type: multipart/form-data; boundary='], multipart),
  sized(`POST /api/v1/exists`, [`Authorization: Bearer ${TOKEN}`], '{"files":[{"path":1}]}'),
  sized(`POST /v1/uploads:create?key=${TOKEN}`, [], ''),
  sized('POST /ui/sign-in', ['Content-Type: application/x-www-form-urlencoded'], 'token=x&to=/'),
  request(
    `POST /${TOKEN}/symbols`,
    ['Transfer-Encoding: chunked'],
    '5;ext="a"\r\nhello\r\n0\r\nTrailer: x\r\n\r\n',
  ),
  request(
    `POST /${TOKEN}/symbols`,
    ['Transfer-Encoding: chunked'],
    'ffffffffffffffff\r\nhello\r\n-1\r\n\r\n',
  ),
  request(
    `POST /${TOKEN}/symbols`,
    ['Content-Length: 6', 'Transfer-Encoding: chunked'],
    `0\r\n\r\nGET /metrics HTTP/1.1\r\n\r\n`,
  ),
  request(
    `POST /${TOKEN}/symbols`,
    ['Content-Length: 3', 'Content-Length: 5'],
    'GET / HTTP/1.1\r\n\r\n',
  ),
  request(`POST /${TOKEN}/symbols`, ['Transfer-Encoding: xchunked'], '0\r\n\r\n'),
  request(
    `POST /${TOKEN}/symbols`,
    ['Transfer-Encoding : chunked', 'Transfer-Encoding: identity'],
    '0\r\n\r\n',
  ),
  request(`GET ${PDB}`, ['Content-Length: 5', 'Connection: Upgrade', 'Upgrade: h2c'], 'GET /'),
  `GET ${PDB} HTTP/0.9\r\n\r\n`,
  `GET http://elsewhere.example${PDB} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  `CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n`,
  `GET ${PDB} HTTP/1.1\nHost: a\n\n`,
  `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
  `\u0016\u0003\u0001\u0002\u0000\u0001\u0000`,
]
