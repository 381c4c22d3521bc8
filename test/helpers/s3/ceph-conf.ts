import { join } from 'node:path'

/** The configuration of a Ceph of one monitor and one disk, which is memory. */
export function cephConf(
  folder: string,
  { fsid, monitors }: { fsid: string; monitors: string },
): string {
  return `[global]
fsid = ${fsid}
mon host = ${monitors}
ms bind ipv4 = true
public addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
osd crush initial weight = 1
mon allow pool size one = true
mon max pg per osd = 10000
mon warn on pool no redundancy = false
mon data avail warn = 1
mon data avail crit = 1
mon data = ${join(folder, 'mon')}
osd data = ${join(folder, 'osd')}
osd objectstore = memstore
memstore device bytes = 4294967296
run dir = ${folder}
admin socket = ${folder}/$cluster-$name.asok
log file = ${folder}/$name.log
rgw data = ${join(folder, 'rgw')}
rgw gc max objs = 1
rgw bucket default quota max objects = -1
[client]
keyring = ${join(folder, 'keyring')}
`
}
