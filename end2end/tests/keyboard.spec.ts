// The main flow, and actions in the account, by keyboard only.
import type { Locator, Page } from '@playwright/test';
import { newPassword, newPerson } from '../fixtures/person';
import { waitForHydration, slider } from '../fixtures/slider';
import { codeOf, linkOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { beginning, say } from '../fixtures/words';

/** Presses Tab once and expects the focus on the target. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await page.keyboard.press('Tab');
  await expect(target).toBeFocused();
}

/** Presses Tab until the target has the focus. */
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
  const person = newPerson();
  const password = newPassword();
  const show = page.getByRole('button', { name: ui.show_password });

  await page.goto('/sign-in');
  await expect(shopper.field(fields.identifier)).toBeFocused();
  await tabUntil(page, shopper.link(sign_in.create));
  await page.keyboard.press('Enter');

  await shopper.isAt('/register', register.title);
  await waitForHydration(page);
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
  await type(page, shopper.field(fields.code), codeOf(await smtp.emailTo(person.email, 'confirm-address')));
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
    await waitForHydration(page);
    await type(page, shopper.field(fields.password), `wrong ${failures}`);
    await page.keyboard.press('Enter');
    // The login is kept, so the password is next.
    await expect(shopper.alert).toBeVisible();
    await expect(shopper.field(fields.password)).toHaveValue('');
  }
  await expect(shopper.field(fields.password)).toBeFocused();
  await tabUntil(page, shopper.link(sign_in.offer_recovery), 'Shift+Tab');
  await page.keyboard.press('Enter');

  await shopper.isAt('/recover', recovery.title);
  await waitForHydration(page);
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
  await waitForHydration(page);
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

test('change the e-mail, and take it back, by keyboard alone', async ({ page, shopper, smtp }) => {
  const { account, code, confirm, email, fields, emails, reclaim, recovery, settings, ui } = shopper.words;
  const person = newPerson();
  const now = newPerson().email;
  await shopper.isSignedIn(person);
  // Past the elements of every page, and back to the account's navigation.
  await tabTo(page, shopper.link(ui.skip));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await tabUntil(page, shopper.side(settings.title));
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/settings', settings.title);
  await tabUntil(page, shopper.link(email.title));
  await page.keyboard.press('Enter');

  await shopper.isAt('/account/confirm', confirm.title);
  await type(page, shopper.field(fields.password), person.password);
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/settings/email', email.title);
  await type(page, shopper.field(email.new_address), now);
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/settings/email/code', code.title);
  await type(page, shopper.field(fields.code), codeOf(await smtp.emailTo(now, 'confirm-address')));
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/settings', settings.title);
  await expect(shopper.notice(email.changed)).toBeVisible();

  await page.goto(linkOf(await smtp.emailTo(person.email, 'address-changed')));
  await shopper.isAt('/letter', reclaim.title);
  await tabUntil(page, shopper.button(emails.not_me));
  await page.keyboard.press('Space');
  await shopper.isAt('/recover/method', recovery.method_title);
  await expect(shopper.button(account.sign_out)).toHaveCount(0);
});

test('profile, login, letters and devices by keyboard alone', async ({ page, shopper, another }) => {
  const { activity, devices, fields, login_name, password, profile, settings } = shopper.words;
  const person = newPerson();
  await shopper.isSignedIn(person);
  const elsewhere = await another();
  await elsewhere.signIn(person);
  await elsewhere.isAt('/account');

  await tabUntil(page, shopper.side(profile.title));
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/profile', profile.title);
  await waitForHydration(page);
  await tabUntil(page, shopper.field(profile.display_name));
  await page.keyboard.type('Anna');
  // The picture can be reached, too.
  await tabUntil(page, shopper.field(profile.picture));
  await tabUntil(page, shopper.choice(profile.time_zone));
  await page.keyboard.type('Asia/Tokyo');
  await expect(shopper.choice(profile.time_zone)).toHaveValue('Asia/Tokyo');
  await tabUntil(page, shopper.button(password.save));
  await page.keyboard.press('Enter');
  await expect(shopper.notice(profile.saved)).toBeVisible();
  await expect(shopper.field(profile.display_name)).toHaveValue('Anna');

  await page.goto('/account/settings/letters');
  await waitForHydration(page);
  const everySignIn = page.getByRole('switch', { name: settings.letter_signed_in });
  await tabUntil(page, everySignIn);
  await page.keyboard.press('Space');
  await expect(shopper.button(settings.undo)).toBeVisible();
  await page.reload();
  await expect(everySignIn).toBeChecked();

  await page.goto('/account/settings/login');
  await type(page, shopper.field(fields.password), person.password);
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/settings/login', login_name.title);
  await type(page, shopper.field(login_name.new), newPerson().login);
  await page.keyboard.press('Enter');
  await expect(shopper.notice(login_name.changed)).toBeVisible();

  await page.goto('/account/devices');
  await tabUntil(page, page.getByRole('main').getByRole('listitem').getByRole('button'));
  await page.keyboard.press('Enter');
  await expect(shopper.notice(devices.signed_out)).toBeVisible();

  await page.goto('/account/activity');
  const emails = page.getByRole('navigation', { name: activity.filter }).getByRole('link', { name: activity.letters });
  await tabUntil(page, emails);
  await page.keyboard.press('Enter');
  await expect(emails).toHaveAttribute('aria-current', 'true');
});

test('delete the account, and keep it, by keyboard alone', async ({ page, shopper }) => {
  const { deletion, fields, settings } = shopper.words;
  const person = newPerson();
  await shopper.isSignedIn(person);
  await tabUntil(page, shopper.side(settings.title));
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/settings', settings.title);
  await tabUntil(page, shopper.link(deletion.title));
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/confirm');
  await type(page, shopper.field(fields.password), person.password);
  await page.keyboard.press('Enter');

  await shopper.isAt('/account/settings/delete', deletion.title);
  await type(page, shopper.field(deletion.confirm_label), 'yes');
  await page.keyboard.press('Enter');
  await expect(shopper.alert).toBeVisible();
  // The wrong input is replaced.
  await expect(shopper.field(deletion.confirm_label)).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(person.login);
  await tabTo(page, shopper.button(deletion.submit));
  await page.keyboard.press('Enter');

  await shopper.isAt('/sign-in');
  await expect(shopper.notice(beginning(deletion.started))).toBeVisible();
  await type(page, shopper.field(fields.identifier), person.login);
  await page.keyboard.press('Tab');
  await type(page, shopper.field(fields.password), person.password);
  await page.keyboard.press('Enter');
  await shopper.isAt('/account/settings/delete', deletion.pending_title);
  await expect(page.getByRole('main')).toContainText(beginning(deletion.pending));
  await tabUntil(page, shopper.button(deletion.keep));
  await page.keyboard.press('Space');
  await shopper.isAt('/account');
  await expect(shopper.notice(deletion.kept)).toBeVisible();
});

test('forgotten login and saved passwords by keyboard alone', async ({ page, shopper, smtp }) => {
  const { fields, forgotten_login, recovery, saved_passwords: guide } = shopper.words;
  const person = newPerson();
  await page.goto('/recover');
  await waitForHydration(page);
  await tabUntil(page, shopper.link(recovery.forgot_login));
  await page.keyboard.press('Enter');
  await shopper.isAt('/recover/login', forgotten_login.title);
  await waitForHydration(page);
  await type(page, shopper.field(fields.email), person.email);
  await slideByKeys(page);
  await tabTo(page, shopper.button(forgotten_login.send));
  await page.keyboard.press('Enter');
  await expect(shopper.notice(forgotten_login.next)).toBeVisible();
  await smtp.emailTo(person.email, 'login-reminder');
  await tabUntil(page, page.locator('summary'));
  await page.keyboard.press('Enter');
  await expect(page.getByText(forgotten_login.search_sender)).toBeVisible();

  await page.goto('/help/saved-passwords');
  await waitForHydration(page);
  const firefox = page.getByRole('main').locator('details').filter({ has: page.getByText('Firefox', { exact: true }) });
  await tabUntil(page, firefox.locator('summary'));
  await page.keyboard.press('Enter');
  await expect(firefox.getByText('about:logins', { exact: true })).toBeVisible();
  await tabTo(page, firefox.getByRole('button', { name: say(guide.copy_address, { address: 'about:logins' }) }));
});
