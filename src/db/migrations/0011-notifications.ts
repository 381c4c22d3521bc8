export const notifications = `
  CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    label TEXT NOT NULL,
    event TEXT NOT NULL,
    package_id TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'given_up')),
    attempts INTEGER NOT NULL,
    error TEXT,
    created_at INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX notifications_due ON notifications (channel, at, id) WHERE state = 'waiting';
  CREATE INDEX notifications_over ON notifications (id) WHERE state <> 'waiting';
`
