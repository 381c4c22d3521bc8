import type { RunningServer } from './server.ts'

/** Asks a running server's API, as the administrator unless another token is given. */
export async function apiGet(server: RunningServer, path: string, token = server.adminToken) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return { status: response.status, json: JSON.parse(await response.text()) }
}
