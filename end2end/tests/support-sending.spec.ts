// The support chat while a message is on its way: over a slow line, in a hidden window, while the server is away. The
// rest of the shopper's side is in support.spec.ts.
import type { Page } from '@playwright/test';
import { hide, listens } from '../fixtures/tabs';
import { checkIn } from '../fixtures/page-check';
import { begin, log, staffed, write } from '../fixtures/support';
import { expect, test } from '../fixtures/test';
import { words } from '../fixtures/words';

// A separate server: where an operator exists, other pages have an additional link. Refused input that is too long to
// be sent back is answered by a page of its own, which the browser reports as well.
test.use({ settings: {}, complaints: [/status of 422/] });

test.describe('over a slow line', () => {
  test('what is typed meanwhile stays, and is the next message', async ({ page, shopper, server }) => {
    const { support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const box = shopper.field(support.message);
    const nonce = page.locator('.message-form input[name=nonce]');
    const pending = log(shopper).locator('.pending');
    const first = await nonce.inputValue();
    const arrive = await hold(page);
    await write(shopper, 'The first.');
    await expect(pending).toContainText('The first.');
    await expect(pending).toContainText(support.sending);
    // It is shown once: the box is empty for the next one.
    await expect(box).toHaveValue('');
    // A second press sends no second message.
    await box.press('Enter');
    await shopper.press(support.send);
    await expect(shopper.alert).toHaveCount(0);
    await expect(pending).toHaveCount(1);
    await box.fill('The second, half');
    arrive();
    await expect(pending).toHaveCount(0);
    await expect(log(shopper)).toContainText('The first.');
    await expect(nonce, 'the first was taken').not.toHaveValue(first);
    await expect(box).toHaveValue('The second, half');
    await box.pressSequentially(' done.');
    await box.press('Enter');
    await expect(log(shopper)).toContainText('The second, half done.');
    await expect(pending).toHaveCount(0);
    await expect(box).toHaveValue('');
    // Without text Enter does nothing; the button reports it.
    await box.press('Enter');
    await expect(shopper.alert).toHaveCount(0);
    await expect(log(shopper).locator('.own')).toHaveCount(3);
    await expect(async () => {
      await shopper.press(support.send);
      await expect(shopper.alert).toContainText(words.en.errors.message_missing, { timeout: 1_000 });
    }).toPass();
    await expect(log(shopper).locator('.own')).toHaveCount(3);
  });

  test('several that are sent meanwhile arrive in their order, each once', async ({ page, shopper, server }) => {
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const arrive = await hold(page);
    for (const message of ['one', 'two', 'three']) await write(shopper, message);
    await expect(log(shopper).locator('.pending')).toHaveText([/one/, /two/, /three/]);
    arrive();
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
    await expect(log(shopper).locator('.own .text')).toHaveText(['Before.', 'one', 'two', 'three']);
  });

  test('what is refused comes back into the box, with its picture', async ({ page, shopper, server }) => {
    const { errors, support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const arrive = await hold(page);
    await shopper.field(support.picture).setInputFiles({ name: 'odd.png', mimeType: 'image/png', buffer: Buffer.from('<svg/>') });
    await write(shopper, 'What is this?');
    await expect(log(shopper).locator('.pending')).toContainText('What is this?');
    await expect(log(shopper).locator('.pending')).toContainText('odd.png');
    await expect(shopper.field(support.message)).toHaveValue('');
    await expect(shopper.field(support.picture)).toHaveValue('');
    arrive();
    await expect(shopper.field(support.picture)).toHaveAccessibleDescription(new RegExp(errors.picture_unknown));
    await expect(shopper.field(support.message)).toHaveValue('What is this?');
    await expect(shopper.field(support.picture)).toHaveValue(/odd\.png$/);
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
  });

  test('what is refused while something else is written stays, and can be sent again', async ({ page, shopper, server }) => {
    const { errors, support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    const box = shopper.field(support.message);
    const pending = log(shopper).locator('.pending');
    const long = 'ж'.repeat(10_000);
    const arrive = await hold(page);
    await write(shopper, long);
    await expect(pending).toHaveCount(1);
    await box.fill('Something else');
    arrive();
    await expect(pending).toContainText(errors.message_too_long);
    await expect(pending).not.toContainText(support.sending);
    await expect(box, 'nobody is disturbed').toHaveValue('Something else');
    await checkIn(['light'])(page, 'support, not sent');
    await box.press('Enter');
    await expect(log(shopper).locator('.own:not(.pending) .text')).toHaveText(['Before.', 'Something else']);
    // By keyboard: again, and because the box is empty now the text returns there.
    await shopper.button(support.not_sent).focus();
    await page.keyboard.press('Enter');
    await expect(box).toHaveValue(long);
    await expect(box).toBeFocused();
    await expect(box).toHaveAccessibleDescription(new RegExp(errors.message_too_long));
    await expect(pending).toHaveCount(0);
    await box.fill('Short.');
    await box.press('Enter');
    await expect(log(shopper).locator('.own:not(.pending) .text')).toHaveText(['Before.', 'Something else', 'Short.']);
  });
});

/** Holds the next message back; returns the function that releases it. */
async function hold(page: Page): Promise<() => void> {
  let arrive = (): void => undefined;
  const held = new Promise<void>((done) => {
    arrive = done;
  });
  await page.route(
    '**/api/support_send',
    async (route) => {
      await held;
      await route.continue();
    },
    { times: 1 },
  );
  return arrive;
}

test.describe('in a window that nobody looks at', () => {
  test('what came is seen when somebody looks', async ({ page, shopper, server }) => {
    const seen: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/support_seen')) seen.push(request.postData() ?? '');
    });
    await staffed(server);
    await page.clock.install();
    const listening = listens(page);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    await listening;
    await hide(page, true);
    await write(shopper, 'Written, and left.');
    await expect(log(shopper)).toContainText('Written, and left.');
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
    await page.clock.runFor(2_000);
    expect(seen).toEqual([]);
    await hide(page, false);
    await expect.poll(() => seen.length).toBe(1);
    expect(seen[0]).toMatch(/^last=\d+\.2$/);
  });
});

test.describe('while the server is away', () => {
  test.use({ complaints: [/net::ERR_/] });

  test('what was written arrives afterwards, once', async ({ page, shopper, server }) => {
    const { support } = words.en;
    await staffed(server);
    await begin(shopper, 'Before.');
    await shopper.waitForHydration();
    await server.kill();
    await expect(page.getByText(support.lost)).toBeVisible();
    await write(shopper, 'Written meanwhile.');
    await expect(page.getByText(support.unsent)).toBeVisible();
    await expect(log(shopper).locator('.pending')).toContainText('Written meanwhile.');
    await server.start();
    await expect(log(shopper).locator('.own:not(.pending)')).toHaveText([/Before\./, /Written meanwhile\./], { timeout: 30_000 });
    await expect(log(shopper).locator('.pending')).toHaveCount(0);
    await expect(page.getByText(support.lost)).toBeHidden({ timeout: 30_000 });
    await expect(page.getByText(support.unsent)).toBeHidden({ timeout: 30_000 });
    await page.reload();
    await expect(log(shopper).locator('.own')).toHaveCount(2);
  });
});
