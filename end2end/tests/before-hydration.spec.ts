// Script runs, but the page is not hydrated: WebAssembly is turned off, files are blocked or late. Then what would not
// work is hidden, and the version without script is shown.
import type { Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { Shopper } from '../fixtures/shopper';
import { waitForHydration } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { happyPath } from '../fixtures/happy-path';
import { beginning, words } from '../fixtures/words';

// The browser's errors for blocked files. One pattern: of an option with several items only the first would be used.
test.use({ complaints: [/net::ERR_FAILED|Failed to fetch|integrity|preload/] });

const dead: Record<string, (page: Page) => Promise<unknown>> = {
  'without WebAssembly': (page) => page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly')),
  'when the WebAssembly does not come': (page) => page.route('**/*.wasm', (route) => route.abort()),
  'when the script does not come': (page) => page.route('**/pkg/*.js', (route) => route.abort()),
};

for (const [why, turnOff] of Object.entries(dead)) {
  test.describe(why, () => {
    test.beforeEach(async ({ page }) => {
      await turnOff(page);
    });

    test('nothing is shown that does not work, and all ways can be gone', async ({ page, server, smtp }) => {
      // A user without script.
      const shopper = new Shopper(page, 'en', false, false, server, smtp);
      const { ui, register } = shopper.words;
      await page.goto('/register');
      await expect(shopper.button(register.submit)).toBeEnabled();
      for (const only of ['.slide', '.strength']) {
        await expect(page.locator(only)).toHaveCount(1);
        await expect(page.locator(only)).toBeHidden();
      }
      await expect(page.getByText(ui.show, { exact: true })).toBeHidden();
      await happyPath(shopper, smtp, newPerson());
    });
  });
}

test.describe('on a code screen', () => {
  test.use({ settings: { LATCHKEY_LIMITS: 'on' } });

  test('the wait is told in words where nothing counts it down', async ({ page, server, smtp }) => {
    await dead['without WebAssembly']!(page);
    const shopper = new Shopper(page, 'en', false, false, server, smtp);
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    await expect(page.locator('.countdown')).toBeHidden();
    expect(await page.getByRole('main').innerText()).toMatch(/You can get a new code in (5\d|60) seconds/);
    await expect(shopper.button(words.en.code.get_code)).toBeEnabled();
    codeOf(await smtp.emailTo(person.email, 'recovery-code'));
  });
});

test('a screen that waits for the phone looks again by itself', async ({ page }) => {
  const { qr } = words.en;
  await dead['when the WebAssembly does not come']!(page);
  await page.goto('/sign-in/qr');
  await expect(page.getByText(qr.looks_again)).toBeVisible();
  await page.waitForRequest((request) => request.isNavigationRequest());
  await page.waitForEvent('load');
  await expect(page.getByText(qr.looks_again)).toBeVisible();
});

test('a chat says that it does not refresh by itself', async ({ page, shopper, server }) => {
  const { support } = words.en;
  await dead['without WebAssembly']!(page);
  await server.makeAccount(newPerson(), 'operator');
  await page.goto('/support');
  await shopper.field(support.message).fill('Is anybody there?');
  await shopper.press(support.send);
  await expect(page.getByRole('log')).toContainText('Is anybody there?');
  await expect(page.getByText(support.refresh_hint)).toBeVisible();
  await shopper.follow(support.look);
  await expect(page.getByRole('log')).toContainText('Is anybody there?');
});

test.describe('before it is alive', () => {
  /** Holds the WebAssembly back; returns the function that releases it. */
  async function hold(page: Page): Promise<() => void> {
    let come = (): void => undefined;
    const held = new Promise<void>((done) => (come = done));
    await page.route('**/*.wasm', async (route) => {
      await held;
      // The page may have been left meanwhile.
      await route.continue().catch(() => undefined);
    });
    return come;
  }

  test('nothing is shown that does not answer to a hand yet, and nothing moves when it does', async ({ page, shopper }) => {
    const { fields, register, ui } = shopper.words;
    const come = await hold(page);
    await page.goto('/register', { waitUntil: 'commit' });
    const submit = shopper.button(register.submit);
    await expect(submit).toBeEnabled();
    await expect(page.locator('.slide')).toBeHidden();
    await expect(page.getByText(ui.show, { exact: true })).toBeHidden();
    const before = await submit.boundingBox();
    // What was typed meanwhile stays.
    await shopper.field(fields.login).fill('typed early');
    come();
    await waitForHydration(page);
    await expect(page.locator('.slide')).toBeVisible();
    await expect(page.getByText(ui.show, { exact: true })).toBeVisible();
    expect(await submit.boundingBox()).toEqual(before);
    await expect(shopper.field(fields.login)).toHaveValue('typed early');
  });

  test('a new password that was typed early, twice, counts as typed', async ({ page, shopper, server }) => {
    const { fields, ui } = shopper.words;
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.recoverUntilPassword(person);
    const come = await hold(page);
    await page.goto('/recover/password', { waitUntil: 'commit' });
    for (const field of [fields.new_password, fields.new_password_again]) await shopper.field(field).fill('violet kettle eight');
    come();
    await waitForHydration(page);
    await expect(page.getByText(ui.they_match, { exact: true })).toBeVisible();
    await shopper.press(shopper.words.recovery.update_password);
    await shopper.isAt('/recover/done', shopper.words.recovery.done_title);
  });

  test('after a while without life its place is given up, and life that comes late is welcome', async ({ page }) => {
    const come = await hold(page);
    await page.clock.install();
    await page.goto('/register', { waitUntil: 'commit' });
    const bar = page.locator('.slide');
    await expect(bar).toHaveCSS('visibility', 'hidden');
    await expect(bar).toHaveCSS('display', 'grid');
    await page.clock.runFor(10_500);
    await expect(bar).toHaveCSS('display', 'none');
    come();
    await waitForHydration(page);
    await expect(bar).toBeVisible();
  });
});

withAndWithoutScript(() => {
  test('what needs script is there with it, and what stands in for it without', async ({ page, shopper }) => {
    const { qr, ui } = shopper.words;
    await page.goto('/sign-in');
    await shopper.waitForHydration();
    const reveal = page.getByText(ui.show, { exact: true });
    await (shopper.script ? expect(reveal).toBeVisible() : expect(reveal).toBeHidden());
    await page.goto('/sign-in/qr');
    await shopper.waitForHydration();
    const again = page.getByText(beginning(qr.looks_again));
    await (shopper.script ? expect(again).toBeHidden() : expect(again).toBeVisible());
  });
});
