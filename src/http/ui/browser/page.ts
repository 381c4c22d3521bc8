import { offerCopying } from './offer-copying.ts'
import { refreshParts } from './refresh-parts.ts'
import { uploadFiles } from './upload-files.ts'
import { searchWhileTyping } from './search-while-typing.ts'

// Everything on the page works without this file; what it adds is convenience.
offerCopying(document)
searchWhileTyping()
refreshParts()
uploadFiles()
