import * as z from 'zod'

/** morgue leaves out what was not given; null says the same. */
const text = z.string().nullish()
const number = z.number().nullish()
const flag = z.boolean().nullish()

const awsConnection = z.looseObject({
  bucketName: text,
  lowerFile: flag,
  lowerId: flag,
  usePdb: flag,
})

/** A symbol server as morgue sends it, in both of its spellings. Unknown fields are let through, to be named. */
export const serverBody = z.looseObject({
  url: text,
  name: text,
  force: flag,
  numberOfConcurrentDownload: number,
  retryLimit: number,
  whitelist: flag,
  whiteList: flag,
  serverCredentials: z
    .looseObject({ userName: text, password: text, awsConnection: awsConnection.nullish() })
    .nullish(),
  proxy: z
    .looseObject({
      host: text,
      port: z.union([z.string(), z.number()]).nullish(),
      username: text,
      password: text,
    })
    .nullish(),
  ignoreCredentials: flag,
})

/** A symbol server as morgue sends it. */
export type ServerBody = z.output<typeof serverBody>
