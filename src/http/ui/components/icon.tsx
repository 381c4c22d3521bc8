const PATHS = {
  overview: 'M3 13h7V3H3zM14 21h7V11h-7zM14 3v4h7V3zM3 17v4h7v-4z',
  packages: 'M21 8 12 3 3 8v8l9 5 9-5zM3 8l9 5 9-5M12 13v8',
  symbols: 'M4 6h16M4 12h10M4 18h7M18 15a3 3 0 1 0 0 6 3 3 0 0 0 0-6',
  missing:
    'M12 8v5M12 16.5v.5M10.3 3.9 2.4 18a2 2 0 0 0 1.7 3h15.8a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0z',
  upstreams: 'M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01',
  misses: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.6 5.6l12.8 12.8',
  tokens: 'M15 7a4 4 0 1 1-3.5 6L9 15.5l-2 .5-.5 2-2 .5L4 17l7.5-7.5A4 4 0 0 1 15 7z',
  settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 5v4M6 15v4M4 12h16',
  about: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01',
} as const

/** The name of a picture. */
export type IconName = keyof typeof PATHS

/** A small picture beside a word that says the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
