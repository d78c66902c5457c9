import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // `light-dark()` is used as it stands, so no older browser is aimed at.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // The content-security policy allows files of our own only: nothing is inlined as a data URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // The sentence of a rule is put together by the server's own code, in `src/`.
    fs: { allow: ['..'] },
    proxy: { '/api': 'http://127.0.0.1:3000' },
  },
});
