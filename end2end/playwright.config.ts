import { defineConfig } from '@playwright/test';
import type { Options } from './fixtures/test';

const isRoot = process.getuid?.() === 0;

export default defineConfig<Options>({
  testDir: 'tests',
  // The README's pictures are drawn on demand: `UPDATE_PICTURES=1 make test`.
  testIgnore: process.env.UPDATE_PICTURES ? [] : ['screenshots.spec.ts'],
  // Tests share nothing but a server, on which each has its own accounts.
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Helsinki',
    actionTimeout: 10_000,
    screenshot: 'only-on-failure',
    // Colours are then at once what they are going to be, which is what axe looks at.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      // Empty: Playwright's own browser.
      executablePath: process.env.CHROMIUM_BIN || undefined,
      args: [
        // The browser's own traffic is not ours to test, and may have nowhere to go.
        '--disable-background-networking',
        '--disable-quic',
        // Nobody looks: painting goes without the detour over an imitated graphics card.
        '--disable-gpu',
        // Chromium's sandbox does not work for root.
        ...(isRoot ? ['--no-sandbox'] : []),
      ],
    },
  },
});
