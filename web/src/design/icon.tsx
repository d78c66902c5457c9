const PATHS = {
  phone:
    'M6.6 3.5 9 3l2 4.6-2 1.5a12 12 0 0 0 5.9 5.9l1.5-2L21 15l-.5 2.4A3.3 3.3 0 0 1 17 20 14 14 0 0 1 4 7a3.3 3.3 0 0 1 2.6-3.5Z',
  phoneDown: 'M3 14.5c4.9-5.3 13.1-5.3 18 0l-2 2.3-3.7-1.3v-2.3a11.7 11.7 0 0 0-6.6 0v2.3L5 16.8l-2-2.3Z',
  cup: 'M5 8h11v7a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4V8Zm11 2h1.5a2.5 2.5 0 0 1 0 5H16M8 2.5v2.5M12.5 2.5v2.5',
  layers: 'm12 3 9 5-9 5-9-5 9-5Zm-9 9.5 9 5 9-5M3 17l9 5 9-5',
  filter: 'M3 5h18l-7 8.5V20l-4-2v-4.5L3 5Z',
  megaphone: 'M4 10v4h3l9 5V5l-9 5H4Zm3 4 1.5 6H11l-1-4.5M19 9a4 4 0 0 1 0 6',
  headset:
    'M4 14v-2a8 8 0 0 1 16 0v2M4 14h3v5H5.5A1.5 1.5 0 0 1 4 17.5V14Zm16 0h-3v5h1.5a1.5 1.5 0 0 0 1.5-1.5V14Zm-3 5c0 1.5-2 2-4 2',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'm5 12.5 4.5 4.5L19 7',
  play: 'M7 4.5v15l12-7.5-12-7.5Z',
  pause: 'M8 5v14M16 5v14',
  stop: 'M6 6h12v12H6z',
  upload: 'M12 16V4m0 0L7 9m5-5 5 5M4 16v4h16v-4',
  download: 'M12 4v12m0 0 5-5m-5 5-5-5M4 20h16',
  alert: 'M12 4 2.5 20h19L12 4Zm0 6v5m0 2.5v.01',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 8v5m0-8.5v.01',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4v5l3.5 2',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  file: 'M6 3h8l5 5v13H6V3Zm8 0v5h5',
  list: 'M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01',
  pencil: 'M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19 4 20Z',
  ban: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM5.6 5.6l12.8 12.8',
  chevron: 'm9 5 7 7-7 7',
  back: 'm15 5-7 7 7 7',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0-6v2m0 16v2M4.2 4.2l1.4 1.4m12.8 12.8 1.4 1.4M2 12h2m16 0h2M4.2 19.8l1.4-1.4M18.4 5.6l1.4-1.4',
  moon: 'M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z',
  screen: 'M3 4h18v12H3zM9 20h6m-3-4v4',
  leave: 'M14 4h5v16h-5M10 8l-4 4 4 4m-4-4h10',
  group: 'M4 5h7v6H4zM13 13h7v6h-7zM7.5 11v5H13',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 21a8 8 0 0 1 16 0',
  undo: 'M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'm16 5 4 4-4 4m4-4H10a6 6 0 0 0 0 12h3',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  speech: 'M4 5h16v11H10l-5 4v-4H4V5Zm4 4h8M8 12h5',
  scale: 'M12 3v18M7 21h10M5 6h14M5 6l-3 8a3 3 0 0 0 6 0L5 6Zm14 0-3 8a3 3 0 0 0 6 0l-3-8Z',
  tag: 'M3 12V4h8l10 10-8 8L3 12Zm5-4v.01',
  winBack: 'M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5M12 8v4l2.5 2',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing that says nothing by itself: the text beside it, or the label of its button, does. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The sign of Zvon: a bell's ring, as strokes of a sound. */
export function BrandMark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g stroke="var(--accent-on)" strokeWidth="2.6" strokeLinecap="round">
        <path d="M10 12.5v7M16 7.5v17M22 12.5v7" />
      </g>
    </svg>
  );
}
