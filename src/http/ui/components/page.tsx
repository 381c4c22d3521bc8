import type { Child, PropsWithChildren } from 'hono/jsx'
import type { Session } from '../../../access/session-service.ts'
import { Action } from './action.tsx'
import { Document } from './document.tsx'
import { Icon, type IconName } from './icon.tsx'
import { Notice } from './notice.tsx'

interface Link {
  readonly icon: IconName
  readonly to: string
  readonly title: string
  /** Shown only to those who may change things. */
  readonly isPrivate?: boolean
}

const LINKS: readonly Link[] = [
  { icon: 'overview', to: '/ui/', title: 'Overview' },
  { icon: 'upstreams', to: '/ui/upstreams', title: 'Symbol servers' },
  { icon: 'packages', to: '/ui/packages', title: 'Packages' },
  { icon: 'symbols', to: '/ui/symbols', title: 'Symbols' },
  { icon: 'missing', to: '/ui/missing', title: 'Missing' },
  { icon: 'misses', to: '/ui/misses', title: 'Misses' },
  { icon: 'tokens', to: '/ui/tokens', title: 'Tokens', isPrivate: true },
  { icon: 'settings', to: '/ui/settings', title: 'Settings', isPrivate: true },
  { icon: 'about', to: '/ui/about', title: 'About' },
]

/** What is the same on every page of one who has signed in. */
export interface PageFrame {
  readonly session: Session
  readonly mayChange: boolean
  readonly notices: readonly string[]
  /** Path of the page, which says which link of the menu is current. */
  readonly path: string
}

/** A page with menu, heading and notices around its content. */
export function Page({
  frame,
  title,
  lead,
  actions,
  children,
}: PropsWithChildren<{
  readonly frame: PageFrame
  readonly title: string
  /** One line below the heading. */
  readonly lead?: Child
  readonly actions?: Child
}>) {
  const { session, mayChange, notices, path } = frame
  const isCurrent = (to: string): boolean =>
    to === '/ui/'
      ? path === '/' || path === '/ui/'
      : path === to || path.startsWith(`${to}/`) || (path === '/ui/try' && to === '/ui/symbols')
  return (
    <Document title={title}>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <div class="shell">
        <header class="side">
          <a class="brand" href="/ui/">
            <img src="/ui/assets/icon.svg" width={28} height={28} alt="" />
            symgate
          </a>
          <nav aria-label="Main">
            <ul class="menu">
              {LINKS.filter(({ isPrivate }) => mayChange || isPrivate !== true).map((link) => (
                <li>
                  <a href={link.to} aria-current={isCurrent(link.to) ? 'page' : undefined}>
                    <Icon name={link.icon} />
                    {link.title}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="who">
            <p>
              <span class="who-name">{session.token.name || session.token.id}</span>
              <span class="muted">{mayChange ? 'administrator' : 'read only'}</span>
            </p>
            <Action to="/ui/sign-out" csrf={session.csrf} look="small">
              Sign out
            </Action>
          </div>
        </header>
        <main id="content" tabindex={-1}>
          <div class="page-head">
            <div>
              <h1>{title}</h1>
              {lead === undefined ? null : <p class="lead">{lead}</p>}
            </div>
            {actions === undefined ? null : <div class="page-actions">{actions}</div>}
          </div>
          {notices.map((notice) => (
            <Notice tone="good">{notice}</Notice>
          ))}
          {children}
        </main>
      </div>
    </Document>
  )
}
