// The operators' console together with the shopper's chat.
import type { Page } from '@playwright/test';
import { newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { words } from '../fixtures/words';

const { console: desk, operator: t } = words.en;

// A separate server, so that nobody else waits in the queue; the browser reports connections that a killed server
// breaks.
test.use({
  settings: {},
  complaints: [/net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/],
});
test.setTimeout(120_000);

/** The messages that one side sees. */
function log(page: Page) {
  return page.getByRole('log');
}

/** Opens the conversation of the shopper who waits first. */
async function openFirst(page: Page): Promise<void> {
  await page.locator('#queue .waiting a').first().click();
  await expect(page.locator('.pane')).toHaveCount(1);
}

test.describe('side by side', () => {
  test.use({ locale: 'ru-RU' });

  test('a Russian-writing shopper and an operator talk live, and a restart in the middle loses nothing', async ({ page, shopper, server, another }) => {
    const chat = shopper.words.support;
    const operator = await another({ locale: 'en-GB' });
    await operator.isStaff(newPerson(), 'operator');
    await operator.page.goto('/operator');
    await operator.isAt('/operator', desk.conversations);
    await operator.waitForHydration();
    await expect(operator.page.getByText(t.queue_empty)).toBeVisible();

    // The shopper asks; the queue shows it by itself.
    await page.goto('/support');
    await shopper.waitForHydration();
    await page.locator('textarea[name=message]').fill('Здравствуйте, не могу войти');
    await shopper.press(chat.send);
    await expect(log(page)).toContainText('Здравствуйте, не могу войти');
    await shopper.waitForHydration();
    const waiting = operator.page.locator('#queue .waiting a');
    await expect(waiting).toContainText('Русский');
    await waiting.click();
    await operator.waitForHydration();
    await expect(log(operator.page)).toContainText('Здравствуйте, не могу войти');
    await operator.press(t.take);
    await expect(operator.page.locator('.pane')).toContainText(t.taken_by_you);
    await expect(log(page)).toContainText(chat.happened.taken);
    await operator.waitForHydration();

    // Typing is shown on the other side, and Enter sends.
    const box = operator.page.getByLabel(t.your_answer, { exact: true });
    await box.pressSequentially('One mo');
    await expect(page.getByText(chat.typing)).toBeVisible();
    await box.pressSequentially('ment, please');
    await box.press('Enter');
    await expect(box).toHaveValue('');
    await expect(log(page)).toContainText('One moment, please');
    await expect(operator.page.getByText(t.seen)).toBeVisible();
    await page.locator('textarea[name=message]').pressSequentially('Хорошо');
    await expect(operator.page.getByText(t.shopper_types)).toBeVisible();
    await shopper.press(chat.send);
    await expect(log(operator.page)).toContainText('Хорошо');

    // The server is killed; both continue writing, and both see that their message waits.
    await server.kill();
    await expect(operator.page.locator('.lost')).toBeVisible();
    await box.fill('Written while the server was away');
    await operator.press(t.send);
    await expect(operator.page.getByText(t.unsent)).toBeVisible();
    await page.locator('textarea[name=message]').fill('Написано без сервера');
    await shopper.press(chat.send);
    await server.start();
    const patience = { timeout: 45_000 };
    for (const side of [page, operator.page]) {
      await expect(log(side).getByText('Written while the server was away')).toHaveCount(1, patience);
      await expect(log(side).getByText('Написано без сервера')).toHaveCount(1, patience);
      await expect(log(side).getByText('One moment, please'), 'nothing twice').toHaveCount(1);
    }
    await expect(operator.page.locator('.lost')).toBeHidden();

    // Closed as solved; another message of the shopper reopens it.
    await operator.press(t.close_solved);
    await expect(log(page)).toContainText(chat.happened.solved);
    await expect(operator.page.locator('#queue .waiting a')).toHaveCount(0);
    await expect(box).toBeHidden();
    await operator.waitForHydration();
    await page.locator('textarea[name=message]').fill('Ещё вопрос');
    await shopper.press(chat.send);
    await expect(operator.page.locator('#queue .waiting a')).toHaveCount(1);
    await box.fill('Go on');
    await box.press('Enter');
    await expect(log(page)).toContainText('Go on');
  });
});

test('notes and canned answers, with script', async ({ page, shopper, another }) => {
  const guest = await another();
  await shopper.isStaff(newPerson(), 'operator');
  await guest.page.goto('/support');
  await guest.page.locator('textarea[name=message]').fill('Where is my parcel?');
  await guest.press(guest.words.support.send);
  await expect(log(guest.page)).toContainText('Where is my parcel?');

  await page.goto('/operator/answers');
  await shopper.isAt('/operator/answers', desk.answers);
  await shopper.field(t.canned_title).fill('Parcel');
  await shopper.field(t.canned_text).fill('It is on its way from {shopp}.');
  await shopper.press(t.canned_save);
  await expect(shopper.alert).toContainText(words.en.errors.placeholder_unknown);
  await expect(shopper.field(t.canned_text)).toHaveValue('It is on its way from {shopp}.');
  await shopper.field(t.canned_text).fill('It is on its way from {shop}.');
  await shopper.press(t.canned_save);
  await expect(shopper.notice(t.canned_saved)).toBeVisible();

  await page.goto('/operator');
  await openFirst(page);
  await waitForHydration(page);
  await page.locator('summary', { hasText: t.canned }).click();
  await shopper.press('Parcel');
  await expect(shopper.field(t.your_answer)).toHaveValue(/^It is on its way from [^{]+\.$/);
  await shopper.press(t.send);
  await expect(log(guest.page)).toContainText('It is on its way from');

  await page.locator('summary', { hasText: t.notes }).click();
  await shopper.field(t.new_note).fill('asks for the second time');
  await shopper.press(t.add_note);
  await expect(page.locator('.notes')).toContainText('asks for the second time');
  await guest.page.reload();
  await expect(guest.page.getByRole('main')).not.toContainText('asks for the second time');
});

test('the queue marks what nobody has read, and each conversation scrolls beside it', async ({ page, shopper, another }) => {
  await shopper.isStaff(newPerson(), 'operator');
  const guest = await another();
  await guest.page.goto('/support');
  const box = guest.page.locator('textarea[name=message]');
  await box.fill('The beginning. '.repeat(60));
  await guest.press(guest.words.support.send);
  await expect(log(guest.page)).toContainText('The beginning.');
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto('/operator');
  await waitForHydration(page);
  const entry = page.locator('#queue .queue li');
  await expect(entry).toContainText(t.unread);
  // Two lines of it, however long it is.
  const preview = entry.locator('.preview');
  const lines = await preview.evaluate((it) => it.getBoundingClientRect().height / parseFloat(getComputedStyle(it).lineHeight));
  expect(Math.round(lines)).toBe(2);
  await entry.getByRole('link').click();
  await waitForHydration(page);
  await expect(entry).not.toContainText(t.unread);
  await guest.waitForHydration();
  await box.fill('Something else');
  await box.press('Enter');
  await expect(preview).toHaveText('Something else');
  // A message in an open conversation is read at once.
  await expect(entry).not.toContainText(t.unread);

  // All open sections are higher than the window: the conversation scrolls, and the queue stays in place.
  const pane = page.locator('.pane');
  await pane.locator('summary').evaluateAll((all) => all.forEach((one) => one.closest('details')?.setAttribute('open', '')));
  const height = await pane.evaluate((it) => it.clientHeight);
  expect(height).toBeLessThanOrEqual(720);
  await pane.evaluate((it) => it.scrollTo(0, it.scrollHeight));
  expect(await pane.evaluate((it) => it.scrollTop)).toBeGreaterThan(0);
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await expect(page.getByRole('heading', { level: 1 })).toBeInViewport();
});

test('the account is looked at, and its owner sees that', async ({ page, shopper, another, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  const owner = await another();
  await owner.signIn(person);
  await owner.isAt('/account');
  await shopper.isStaff(newPerson(), 'operator');
  await owner.page.goto('/support');
  await owner.page.locator('textarea[name=message]').fill('Is my account safe?');
  await owner.press(owner.words.support.send);
  await expect(log(owner.page)).toContainText('Is my account safe?');

  await page.goto('/operator');
  await openFirst(page);
  await page.locator('summary', { hasText: new RegExp(`^${t.account}$`) }).click();
  await shopper.press(t.look);
  await expect(page.locator('.facts').first()).toContainText(person.login);
  await expect(page.getByRole('main')).not.toContainText(person.email);
  await owner.page.goto('/account/activity');
  await expect(owner.page.getByText(owner.words.events.operator_looked)).toBeVisible();
});

test('shortcuts go along the queue, never while somebody types, and can be turned off', async ({ page, shopper, another }) => {
  await shopper.isStaff(newPerson(), 'operator');
  for (const words of ['first', 'second']) {
    const guest = await another();
    await guest.page.goto('/support');
    await guest.page.locator('textarea[name=message]').fill(words);
    await guest.press(guest.words.support.send);
    await expect(log(guest.page)).toContainText(words);
  }
  await page.goto('/operator');
  await waitForHydration(page);
  const waiting = page.locator('#queue .waiting a');
  await page.keyboard.press('j');
  await expect(waiting.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(waiting.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page.locator('.pane')).toHaveCount(1);
  await waitForHydration(page);
  await page.keyboard.press('t');
  await expect(page.locator('.pane')).toContainText(t.taken_by_you);
  await waitForHydration(page);
  await page.keyboard.press('a');
  await expect(shopper.field(t.your_answer)).toBeFocused();
  await page.keyboard.type('just a tick?');
  await expect(shopper.field(t.your_answer)).toHaveValue('just a tick?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(log(page)).toContainText('just a tick?');
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: t.keys, exact: true })).toBeVisible();
  await shopper.press(t.keys_off);
  await waitForHydration(page);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('conversations are read and answered all the same', async ({ page, shopper, another }) => {
    await shopper.isStaff(newPerson(), 'operator');
    const guest = await another();
    await guest.page.goto('/support');
    await guest.page.locator('textarea[name=message]').fill('Hello?');
    await guest.press(guest.words.support.send);
    await expect(log(guest.page)).toContainText('Hello?');
    await page.goto('/operator/answers');
    await shopper.press(page.getByRole('button', { name: t.canned_starters, exact: true }).first());
    await expect(shopper.notice(t.canned_saved)).toBeVisible();
    await page.goto('/operator');
    await openFirst(page);
    await expect(log(page)).toContainText('Hello?');
    await page.locator('summary', { hasText: t.canned }).click();
    await shopper.press(words.en.operator_starters.code_title);
    await expect(shopper.field(t.your_answer)).toHaveValue(words.en.operator_starters.code);
    await shopper.press(t.send);
    await expect(log(page)).toContainText(words.en.operator_starters.code);
    await guest.page.reload();
    await expect(log(guest.page)).toContainText(words.en.operator_starters.code);
    await shopper.press(t.close_solved);
    await expect(page.locator('.pane')).toContainText(t.state_solved);
  });
});

test('numbers are shown as a chart and as a table', async ({ page, shopper }) => {
  await shopper.isStaff(newPerson(), 'admin');
  await page.goto('/operator/numbers');
  await shopper.isAt('/operator/numbers', desk.numbers);
  await expect(page.getByRole('img')).toBeVisible();
  await page.locator('summary', { hasText: t.days_table }).click();
  await expect(page.getByRole('row')).toHaveCount(15);
});
