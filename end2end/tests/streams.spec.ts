// Over HTTP/1.1 a browser opens six connections to a host, and a stream occupies one permanently: many windows of one
// browser must not block each other, and none may miss anything.
import type { Page } from '@playwright/test';
import { hide, listens } from '../fixtures/tabs';
import { newPerson } from '../fixtures/person';
import type { Server } from '../fixtures/server';
import type { Shopper } from '../fixtures/shopper';
import { expect, test } from '../fixtures/test';
import { words } from '../fixtures/words';

const { console: desk, support: chat } = words.en;

test.use({ settings: {} });

/** A hidden window has certainly ended its stream after this time. */
const A_WHILE = 15_000;

async function staffed(server: Server): Promise<void> {
  await server.makeAccount(newPerson(), 'operator');
}

function log(page: Page) {
  return page.getByRole('log');
}

async function write(shopper: Shopper, message: string): Promise<void> {
  await shopper.field(chat.message).fill(message);
  await shopper.press(chat.send);
}

async function begin(shopper: Shopper, message: string): Promise<void> {
  await shopper.page.goto('/support');
  await shopper.waitForHydration();
  await write(shopper, message);
  await expect(log(shopper.page)).toContainText(message);
  await shopper.waitForHydration();
}

/** Waits until a window ends its stream. */
function ends(page: Page): Promise<unknown> {
  return page.waitForEvent('requestfailed', (request) => request.url().includes('/stream'));
}

test('eight windows with a chat are opened, each hears what comes, and every other screen still loads', async ({ shopper, server }) => {
  await staffed(server);
  await begin(shopper, 'Before.');
  const windows = [shopper];
  while (windows.length < 8) {
    const next = await shopper.newTab();
    await next.page.goto('/support', { timeout: 10_000 });
    await next.waitForHydration();
    windows.push(next);
  }
  // They take turns, a few seconds each.
  const patience = { timeout: 20_000 };
  await write(windows[7]!, 'To all of them.');
  for (const { page } of windows) await expect(log(page)).toContainText('To all of them.', patience);
  const elsewhere = await shopper.newTab();
  await elsewhere.page.goto('/help/saved-passwords', { timeout: 10_000 });
  await write(shopper, 'And back.');
  for (const { page } of windows) await expect(log(page).getByText('And back.')).toHaveCount(1, patience);
});

test('a window that nobody looks at gives its stream up, and misses nothing', async ({ page, shopper, server }) => {
  await staffed(server);
  await page.clock.install();
  const listening = listens(page);
  await begin(shopper, 'Before.');
  await listening;
  const other = await shopper.newTab();
  await other.page.goto('/support');
  await other.waitForHydration();

  // A window that is shown again at once has lost nothing, not even the stream.
  await hide(page, true);
  await page.clock.runFor(1_000);
  await hide(page, false);
  await write(other, 'The first.');
  await expect(log(page)).toContainText('The first.');

  const ended = ends(page);
  await hide(page, true);
  await page.clock.runFor(A_WHILE);
  await ended;
  await write(other, 'The second.');
  await expect(log(other.page)).toContainText('The second.');
  await expect(log(page)).not.toContainText('The second.');
  await hide(page, false);
  await expect(log(page)).toContainText('The second.');
  await write(other, 'The third.');
  await expect(log(page)).toContainText('The third.');
  for (const one of ['The first.', 'The second.', 'The third.']) await expect(log(page).getByText(one)).toHaveCount(1);
  await expect(page.getByText(chat.lost)).toBeHidden();
});

test('of the consoles that nobody looks at one goes on listening, because it may have to call', async ({ page, shopper, another }) => {
  await shopper.isStaff(newPerson(), 'operator');
  const second = await shopper.newTab();
  const consoles = [page, second.page];
  await page.clock.install();
  const listening = consoles.map(listens);
  for (const one of consoles) await one.goto('/operator');
  await shopper.isAt('/operator', desk.conversations);
  await shopper.waitForHydration();
  await second.waitForHydration();
  await Promise.all(listening);
  for (const one of consoles) {
    const left = ends(one);
    await hide(one, true);
    await one.clock.runFor(A_WHILE);
    await left;
  }
  const guest = await another();
  await begin(guest, 'Is anybody there?');
  const hear = async () => {
    const waiting = consoles.map((one) => one.locator('#queue .waiting a').count());
    return (await Promise.all(waiting)).toSorted();
  };
  await expect.poll(hear).toEqual([0, 1]);
  // The other window takes over when the first is closed, or when it is shown; a window that is shown receives events
  // again.
  for (const one of consoles) await hide(one, false);
  await expect.poll(hear).toEqual([1, 1]);
});
