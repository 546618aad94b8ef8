// The whole way once more, by someone who has no pointer at all.
import type { Locator, Page } from '@playwright/test';
import { newPassword, somebody } from '../fixtures/person';
import { alive, slider } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';

/** Presses Tab once and expects the focus there. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await page.keyboard.press('Tab');
  await expect(target).toBeFocused();
}

/** Presses Tab until the focus is there. */
async function tabUntil(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let press = 0; press < 30; press += 1) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} cannot be reached with ${key}`);
}

async function type(page: Page, field: Locator, text: string): Promise<void> {
  await expect(field).toBeFocused();
  await page.keyboard.type(text);
}

async function slideByKeys(page: Page): Promise<void> {
  await tabTo(page, slider(page));
  for (let press = 0; press < 10; press += 1) await page.keyboard.press('ArrowRight');
  await expect(slider(page)).toHaveAttribute('aria-valuetext', 'Verified');
}

test('register, forget the password, recover, sign in by keyboard alone', async ({ page, shopper, smtp }) => {
  const { account, code, fields, recovery, register, sign_in, ui } = shopper.words;
  const person = somebody();
  const password = newPassword();
  const show = page.getByRole('button', { name: ui.show_password });

  await page.goto('/sign-in');
  await expect(shopper.field(fields.identifier)).toBeFocused();
  await tabUntil(page, shopper.link(sign_in.create));
  await page.keyboard.press('Enter');

  await shopper.isAt('/register', register.title);
  await alive(page);
  await type(page, shopper.field(fields.login), person.login);
  await page.keyboard.press('Tab');
  await type(page, shopper.field(fields.email), person.email);
  await page.keyboard.press('Tab');
  await type(page, shopper.field(fields.password), person.password);
  await tabTo(page, show);
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: ui.hide_password })).toBeFocused();
  await expect(shopper.field(fields.password)).toHaveAttribute('type', 'text');
  await slideByKeys(page);
  await tabTo(page, shopper.button(register.submit));
  await page.keyboard.press('Enter');

  await shopper.isAt('/register/code', register.code_title);
  await type(page, shopper.field(fields.code), codeOf(await smtp.letterTo(person.email, 'confirm-address')));
  await page.keyboard.press('Enter');
  await shopper.isAt('/account');
  await tabTo(page, shopper.link(ui.skip));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await tabUntil(page, shopper.button(account.sign_out));
  await page.keyboard.press('Enter');

  await shopper.isAt('/sign-in', sign_in.title);
  await type(page, shopper.field(fields.identifier), person.login);
  await page.keyboard.press('Tab');
  for (let failures = 1; failures <= 2; failures += 1) {
    await alive(page);
    await type(page, shopper.field(fields.password), `wrong ${failures}`);
    await page.keyboard.press('Enter');
    // The login is still there, so the password is what comes next.
    await expect(shopper.alert).toBeVisible();
    await expect(shopper.field(fields.password)).toHaveValue('');
  }
  await expect(shopper.field(fields.password)).toBeFocused();
  await tabUntil(page, shopper.link(sign_in.offer_recovery), 'Shift+Tab');
  await page.keyboard.press('Enter');

  await shopper.isAt('/recover', recovery.title);
  await alive(page);
  await expect(shopper.field(fields.identifier)).toBeFocused();
  await expect(shopper.field(fields.identifier)).toHaveValue(person.login);
  await slideByKeys(page);
  await tabTo(page, shopper.button(recovery.go_on));
  await page.keyboard.press('Enter');

  await shopper.isAt('/recover/method', recovery.method_title);
  await tabUntil(page, shopper.button(recovery.email_a_code));
  await page.keyboard.press('Enter');

  await shopper.isAt('/recover/code', code.title);
  await type(page, shopper.field(fields.code), await shopper.recoveryCode(person));
  await tabUntil(page, shopper.button(code.confirm));
  await page.keyboard.press('Space');

  await shopper.isAt('/recover/password', recovery.password_title);
  await alive(page);
  await type(page, shopper.field(fields.new_password), password);
  await tabTo(page, show.first());
  await page.keyboard.press('Tab');
  await type(page, shopper.field(fields.new_password_again), password);
  await expect(page.getByText(ui.they_match, { exact: true })).toBeVisible();
  await expect(shopper.field(fields.new_password_again)).toBeFocused();
  await page.keyboard.press('Enter');

  await shopper.isAt('/recover/done', recovery.done_title);
  await tabUntil(page, shopper.link(sign_in.title));
  await page.keyboard.press('Enter');
  await shopper.isAt('/sign-in', sign_in.title);
  await type(page, shopper.field(fields.password), password);
  await page.keyboard.press('Enter');
  await shopper.isAt('/account');
});
