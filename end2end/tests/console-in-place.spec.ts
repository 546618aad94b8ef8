// The console without a reload: actions in a window, and those of colleagues elsewhere, are shown in place.
import type { Page } from '@playwright/test';
import { checkIn } from '../fixtures/page-check';
import { newPerson, type Person } from '../fixtures/person';
import type { Shopper } from '../fixtures/shopper';
import { expect, test } from '../fixtures/test';
import { say, words } from '../fixtures/words';

test.use({ settings: {}, complaints: [/net::ERR_(FAILED|CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE)/] });
test.setTimeout(120_000);

/** Marks the page; the returned function reports whether it was not loaded again since. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { mark: true }));
  return () => page.evaluate(() => 'mark' in window);
}

/** A shopper asks, and an operator opens the conversation. */
async function asked(operator: Shopper, guest: Shopper, message: string): Promise<void> {
  const { support } = guest.words;
  await guest.page.goto('/support');
  await guest.page.locator('textarea[name=message]').fill(message);
  await guest.press(support.send);
  await expect(guest.page.getByRole('log')).toContainText(message);
  await operator.page.goto('/operator');
  await operator.page.locator('#queue .waiting a').first().click();
  await expect(operator.page.locator('.pane')).toHaveCount(1);
  await operator.waitForHydration();
}

for (const locale of ['en-GB', 'ru-RU']) {
  test.describe(locale, () => {
    test.use({ locale });

    test('taking, noting, closing, reopening and handing over leave the window as it is', async ({ page, shopper, another }) => {
      const { operator: t } = shopper.words;
      const petr: Person = newPerson();
      const colleague = await another();
      await colleague.isStaff(petr, 'operator');
      await shopper.isStaff(newPerson(), 'operator');
      await asked(shopper, await another(), 'Help, please');
      const stays = await mark(page);
      const pane = page.locator('.pane');
      // A draft stays whatever changes around it.
      const answer = shopper.field(t.your_answer);
      await answer.fill('Half an ans');

      await shopper.button(t.take).focus();
      await page.keyboard.press('Enter');
      await expect(pane).toContainText(t.taken_by_you);
      await expect(shopper.button(t.take)).toHaveCount(0);
      await expect(pane, 'the next key goes on in the same conversation').toBeFocused();

      await page.locator('summary', { hasText: t.notes }).click();
      await shopper.field(t.new_note).fill('asks for the second time');
      await shopper.press(t.add_note);
      await expect(page.locator('.notes')).toContainText('asks for the second time');
      await expect(shopper.field(t.new_note)).toHaveValue('');
      await expect(answer).toHaveValue('Half an ans');

      await shopper.press(t.close_solved);
      await expect(pane).toContainText(t.state_solved);
      await expect(answer).toBeHidden();
      await expect(page.locator('#queue .queue li')).toHaveCount(0);
      await shopper.press(t.reopen);
      await expect(answer).toBeVisible();
      await expect(answer).toHaveValue('Half an ans');
      await expect(page.locator('#queue .queue li')).toHaveCount(1);

      // A colleague goes on duty; the list of colleagues to hand over to is updated by itself.
      await expect(pane).toContainText(t.nobody_on_duty);
      await colleague.page.goto('/operator');
      await colleague.waitForHydration();
      const elsewhere = await mark(colleague.page);
      await colleague.press(t.go_on_duty);
      await expect(colleague.page.getByText(t.you_are_on_duty)).toBeVisible();
      await expect(colleague.button(t.go_off_duty)).toBeFocused();
      await expect(page.getByText(say(t.colleagues, { names: petr.login }))).toBeVisible();
      await expect(shopper.choice(t.hand_over_to)).toHaveText(petr.login);
      await shopper.press(t.hand_over);
      await expect(pane).toContainText(say(t.taken_by, { login: petr.login }));
      await expect(shopper.button(t.close_solved)).toHaveCount(0);
      await expect(colleague.page.locator('#queue .queue li')).toContainText(t.taken_by_you);
      expect(await stays()).toBe(true);
      expect(await elsewhere()).toBe(true);

      await colleague.press(t.go_off_duty);
      await expect(page.getByText(say(t.colleague_off_duty, { login: petr.login }))).toBeVisible();
      expect(await stays()).toBe(true);
    });

    test('the account is looked at in place', async ({ page, shopper, another }) => {
      const { operator: t } = shopper.words;
      const person = newPerson();
      const owner = await another();
      await owner.isSignedIn(person);
      await shopper.isStaff(newPerson(), 'operator');
      await asked(shopper, owner, 'Is my account safe?');
      const stays = await mark(page);
      await page.locator('summary', { hasText: new RegExp(`^${t.account}$`) }).click();
      await shopper.press(t.look);
      await expect(page.locator('.facts').first()).toContainText(person.login);
      await expect(page.getByRole('main')).not.toContainText(person.email);
      await expect(shopper.button(t.look)).toHaveCount(0);
      expect(await stays()).toBe(true);
      await owner.page.goto('/account/activity');
      await expect(owner.page.getByText(owner.words.events.operator_looked)).toBeVisible();
    });
  });
}

test('what is refused, or does not arrive, is said where the button is', async ({ page, shopper, another }) => {
  const { errors, operator: t, ui } = words.en;
  await shopper.isStaff(newPerson(), 'operator');
  await asked(shopper, await another(), 'Help, please');
  const stays = await mark(page);
  await page.locator('summary', { hasText: t.notes }).click();
  await shopper.press(t.add_note);
  await expect(shopper.alert).toContainText(errors.message_missing);
  await checkIn(['light'])(page, 'console, refused');
  await shopper.field(t.new_note).fill('a note');
  await page.route('**/api/operator_note', (route) => route.abort(), { times: 1 });
  await shopper.press(t.add_note);
  await expect(shopper.alert).toContainText(ui.offline);
  await expect(shopper.field(t.new_note), 'nothing typed is lost').toHaveValue('a note');
  await shopper.press(t.add_note);
  await expect(page.locator('.notes')).toContainText('a note');
  await expect(shopper.alert).toHaveCount(0);
  expect(await stays()).toBe(true);
});

test('an answer is seen once while it is under way, and comes back when it is refused', async ({ page, shopper, another }) => {
  const { errors, operator: t, support } = words.en;
  await shopper.isStaff(newPerson(), 'operator');
  await asked(shopper, await another(), 'Help, please');
  const box = shopper.field(t.your_answer);
  const pending = page.getByRole('log').locator('.pending');
  let arrive = (): void => undefined;
  const held = new Promise<void>((done) => {
    arrive = done;
  });
  await page.route('**/api/operator_answer', async (route) => {
    await held;
    await route.continue();
  });
  await box.fill('Dear {login}');
  await box.press('Enter');
  await expect(pending).toContainText('Dear {login}');
  await expect(pending).toContainText(support.sending);
  await expect(box).toHaveValue('');
  arrive();
  await expect(box).toHaveValue('Dear {login}');
  await expect(box).toBeFocused();
  await expect(box).toHaveAccessibleDescription(new RegExp(errors.placeholder_left));
  await expect(pending).toHaveCount(0);
  await box.fill('Dear Anna');
  await box.press('Enter');
  await expect(page.locator('.said.operator:not(.pending)')).toContainText('Dear Anna');
  await expect(pending).toHaveCount(0);
  await expect(page.getByText('Dear Anna', { exact: true })).toHaveCount(2); // In the conversation, and as the newest in the queue.
});

test('a break of the line makes nothing be read out twice', async ({ page, shopper, server, another }) => {
  await shopper.isStaff(newPerson(), 'operator');
  const guest = await another();
  await asked(shopper, guest, 'Help, please');
  // A screen reader reads out what is added to the log.
  await page.getByRole('log').evaluate((log) => {
    const added: string[] = [];
    Object.assign(window, { added });
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) added.push(node.textContent ?? '');
    }).observe(log, { childList: true, subtree: true });
  });
  await server.kill();
  await expect(page.locator('.lost')).toBeVisible();
  await server.start();
  await expect(page.locator('.lost')).toBeHidden({ timeout: 45_000 });
  await guest.page.locator('textarea[name=message]').fill('One thing more');
  await guest.press(guest.words.support.send);
  await expect(page.getByRole('log')).toContainText('One thing more');
  const added = await page.evaluate(() => (window as unknown as { added: string[] }).added);
  expect(added.filter((text) => text.includes('One thing more'))).toHaveLength(1);
  expect(added.filter((text) => text.includes('Help, please'))).toHaveLength(0);
});

test.describe('while nothing comes over the stream', () => {
  test('an act is posted the plain way, and the page that comes tells it', async ({ page, shopper, another }) => {
    const { operator: t } = words.en;
    await page.route('**/operator/stream**', (route) => route.abort());
    await shopper.isStaff(newPerson(), 'operator');
    await asked(shopper, await another(), 'Help, please');
    await expect(page.locator('.lost')).toBeVisible();
    const stays = await mark(page);
    await shopper.press(t.take);
    await expect(page.locator('.pane')).toContainText(t.taken_by_you);
    expect(await stays()).toBe(false);
  });
});
