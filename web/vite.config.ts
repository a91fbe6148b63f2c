import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/** A running server; `fachwerk serve --demo` listens here. */
const server = process.env.FACHWERK_SERVER ?? 'http://127.0.0.1:8080';
const proxy = { '/api': { target: server, changeOrigin: false } };

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // Fonts must be files: the content security policy allows no fonts from data: addresses.
    assetsInlineLimit: (path) => (path.endsWith('.woff2') ? false : undefined),
    chunkSizeWarningLimit: 700,
  },
  server: { port: 5173, proxy },
  // The built page as the server sends it, policy included, without building the server again.
  preview: {
    port: 4173,
    proxy,
    headers: {
      'Content-Security-Policy':
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
  },
});
