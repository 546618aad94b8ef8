// A server that is killed while many users write: both sides reconnect by themselves, and miss nothing.
import { setTimeout as pause } from 'node:timers/promises';
import type { Locator, Page } from '@playwright/test';
import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';
import { until } from '../fixtures/until';
import { words } from '../fixtures/words';

const { operator: t, support: chat } = words.en;
const MESSAGES = 16;
const CROWD = 12;

test.use({
  settings: {},
  complaints: [/net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/],
});
test.setTimeout(180_000);

function log(page: Page): Locator {
  return page.getByRole('log');
}

/** One of many shoppers: a client without pages, that posts each message until it is accepted. */
class Guest {
  private cookie = '';
  written = 0;

  constructor(
    private readonly origin: string,
    private readonly name: string,
  ) {}

  async post(path: string, fields: Record<string, string>): Promise<void> {
    for (;;) {
      // While the server is away the same post is repeated, with the same nonce.
      const answer = await fetch(`${this.origin}${path}`, {
        method: 'POST',
        headers: { accept: 'application/json', cookie: this.cookie },
        body: new URLSearchParams(fields),
      }).catch(() => undefined);
      const given = answer?.headers.getSetCookie().find((cookie) => cookie.startsWith('chat='));
      if (given) this.cookie = given.split(';')[0] ?? '';
      if (answer?.ok) return;
      if (answer && answer.status !== 503) throw new Error(`${answer.status} ${await answer.text()}`);
      await pause(50);
    }
  }

  async begin(): Promise<void> {
    await this.post('/api/support_begin', { topic: 'order', message: `${this.name} begins`, nonce: `${this.name}-begin` });
  }

  async write(): Promise<void> {
    const number = this.written;
    await this.post('/api/support_send', { message: `${this.name} wrote ${number}.`, nonce: `${this.name}-${number}` });
    this.written += 1;
  }

  async screen(): Promise<string> {
    const answer = await fetch(`${this.origin}/support`, { headers: { accept: 'text/html', cookie: this.cookie } });
    return answer.text();
  }
}

/** Returns the messages of both sides that this test wrote, in their order. */
async function written(page: Page): Promise<string[]> {
  const text = await log(page).innerText();
  return text.match(/(shopper|operator) says \d+\./g) ?? [];
}

test('killed in the middle, with many who write: nothing is lost, and nothing comes twice', async ({ page, shopper, server, another }) => {
  const operator = await another();
  await operator.isStaff(newPerson(), 'operator');
  await page.goto('/support');
  await shopper.waitForHydration();
  await page.locator('textarea[name=message]').fill('Hello');
  await shopper.press(chat.send);
  await shopper.waitForHydration();
  await operator.page.goto('/operator');
  await operator.page.locator('#queue .waiting a').first().click();
  await operator.waitForHydration();
  await operator.press(t.take);
  await expect(operator.page.locator('.pane')).toContainText(t.taken_by_you);
  await operator.waitForHydration();

  const crowd = Array.from({ length: CROWD }, (_, number) => new Guest(server.origin, `guest${number}`));
  await Promise.all(crowd.map((guest) => guest.begin()));
  let over = false;
  const noise = crowd.map(async (guest) => {
    while (!over) await guest.write();
  });

  const speak = async (who: 'shopper' | 'operator', at: Page) => {
    const box = who === 'shopper' ? at.locator('textarea[name=message]') : at.getByLabel(t.your_answer, { exact: true });
    for (let number = 0; number < MESSAGES; number++) {
      await box.fill(`${who} says ${number}.`);
      await box.press('Enter');
      await expect(box, 'taken').toHaveValue('', { timeout: 60_000 });
    }
  };
  const both = Promise.all([speak('shopper', page), speak('operator', operator.page)]);
  await expect(log(page)).toContainText('operator says 2.');
  await server.kill();
  await server.start();
  await both;
  over = true;
  await Promise.all(noise);

  const expected = ['shopper', 'operator'].flatMap((who) => Array.from({ length: MESSAGES }, (_, number) => `${who} says ${number}.`));
  for (const side of [page, operator.page]) {
    await expect(side.locator('.pending'), 'all arrived').toHaveCount(0, { timeout: 60_000 });
    await until('every message', async () => (await written(side)).length >= expected.length || undefined);
    expect([...(await written(side))].sort(), 'each once').toEqual([...expected].sort());
  }
  expect(await written(operator.page), 'in one order').toEqual(await written(page));
  for (const guest of crowd) {
    const screen = await guest.screen();
    expect(guest.written).toBeGreaterThan(0);
    const last = guest.written - 1;
    // In the markup only: the props of the island contain it a second time.
    expect(screen.split(`wrote ${last}.</p>`).length - 1, `${last} is there once`).toBe(1);
  }
});
