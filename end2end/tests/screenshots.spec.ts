// The README's pictures: `UPDATE_PICTURES=1 make test` draws them anew.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { alive, drag } from '../fixtures/slider';
import { test } from '../fixtures/test';

test.use({
  viewport: { width: 640, height: 720 },
  deviceScaleFactor: 1,
  settings: { LATCHKEY_LIMITS: 'on' },
});

const anna = { login: 'anna', email: 'anna@mail.example', password: 'violet kettle, once' };

async function picture(page: Page, name: string): Promise<void> {
  // Down to where the last card ends.
  const ends = await page.locator('.card').evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().bottom));
  const height = Math.min(720, Math.ceil(Math.max(...ends) + 32));
  await page.screenshot({
    path: join(__dirname, '../../docs/pictures', `${name}.png`),
    clip: { x: 0, y: 0, width: page.viewportSize()?.width ?? 640, height },
    animations: 'disabled',
    caret: 'hide',
  });
}

test('the pictures of the README', async ({ page, shopper, server }) => {
  await server.makeAccount(anna);
  await page.goto('/sign-in');
  await alive(page);
  await picture(page, 'sign-in');

  await page.goto('/recover');
  await shopper.field('Login or e-mail').fill('anna@mail.example');
  await alive(page);
  await drag(page, 1);
  await page.getByText('Verified', { exact: true }).waitFor();
  await picture(page, 'recover');

  await shopper.press('Continue');
  await shopper.isAt('/recover/method');
  await shopper.askForCode();
  await alive(page);
  await shopper.field('Code').fill('482');
  await page.getByText('0:57', { exact: true }).waitFor();
  await picture(page, 'code');

  await shopper.signIn(anna);
  await shopper.isAt('/account');
  await page.setViewportSize({ width: 960, height: 720 });
  await picture(page, 'account');
});
