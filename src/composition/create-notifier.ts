import type { Config } from '../config/config.ts'
import type { NotificationTable } from '../db/notification-table.ts'
import { EmailChannel } from '../notify/email-channel.ts'
import { Notifier } from '../notify/notifier.ts'
import { WebhookChannel } from '../notify/webhook-channel.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Builds the notifier with a channel for each that is configured. */
export function createNotifier(
  { notify }: Config,
  parts: { readonly table: NotificationTable; readonly metrics: Metrics; readonly log: Logger },
): Notifier {
  const channels = [
    ...notify.email.map((settings) => new EmailChannel(settings)),
    ...notify.webhook.map((settings) => new WebhookChannel(settings)),
  ]
  return new Notifier({ ...parts, channels })
}
