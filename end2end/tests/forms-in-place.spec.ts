// Forms with script: missing input is reported before they are sent, a refusal is shown in place, and a corrected error
// disappears. Other tests check that each works without script as well.
import type { Page } from '@playwright/test';
import { newPerson } from '../fixtures/person';
import { waitForHydration, slide, slider } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { count, words } from '../fixtures/words';

const { code, errors, fields, human, recovery, register, sign_in, ui } = words.en;

/** Marks the page; the returned function reports whether it was not loaded again since. */
async function mark(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => Object.assign(window, { mark: true }));
  return () => page.evaluate(() => 'mark' in window);
}

function other(right: string): string {
  return right === '000000' ? '000001' : '000000';
}

test('"Continue" pressed early says what is missing, and puts the focus there', async ({ page, shopper }) => {
  await page.goto('/recover');
  await waitForHydration(page);
  const stays = await mark(page);
  const login = shopper.field(fields.identifier);
  await login.press('Enter');
  await expect(login).toBeFocused();
  await expect(login).toHaveAccessibleDescription(errors.login_missing);
  // Both are missing: the summary links to each of them.
  await expect(shopper.alert).toContainText(errors.check_fields);
  await expect(shopper.alert.getByRole('link')).toHaveCount(2);
  await login.fill('somebody');
  await expect(login).not.toHaveAttribute('aria-invalid', 'true');
  await login.press('Enter');
  await expect(slider(page)).toBeFocused();
  await expect(shopper.alert).toContainText(human.slide_first);
  expect(await stays()).toBe(true);
  await page.keyboard.press('Enter');
  await expect(slider(page)).toHaveAttribute('aria-valuetext', human.verified);
  await expect(shopper.alert).toHaveCount(0);
  await shopper.press(recovery.go_on);
  await shopper.isAt('/recover/method', recovery.method_title);
});

test('the slider is completed by the space bar, too', async ({ page }) => {
  await page.goto('/recover');
  await waitForHydration(page);
  await slider(page).focus();
  await page.keyboard.press('Space');
  await expect(slider(page)).toHaveAttribute('aria-valuetext', human.verified);
});

test('once verified the slider stays so when the form comes back for another reason', async ({ page, shopper }) => {
  const person = newPerson();
  // As if nothing had been judged while typing: the form is sent, and comes back.
  const silence = { reason: null, is_unfinished: false, meant: null };
  await page.route('**/api/check_registration_field', (route) => route.fulfill({ json: silence }));
  await page.goto('/register');
  await shopper.field(fields.login).fill('a');
  await shopper.field(fields.email).fill(person.email);
  await shopper.field(fields.password).fill(person.password);
  await slide(page, 'end key');
  await shopper.press(register.submit);
  await expect(shopper.field(fields.login)).toHaveAccessibleDescription(new RegExp(errors.login_too_short));
  await waitForHydration(page);
  await expect(slider(page)).toHaveAttribute('aria-valuetext', human.verified);
  await shopper.field(fields.login).fill(person.login);
  await shopper.field(fields.password).fill(person.password);
  await shopper.press(register.submit);
  await shopper.isAt('/register/code', register.code_title);
});

test('a wrong code is told on the page, and a right one leads on', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  await waitForHydration(page);
  const right = await shopper.recoveryCode(person);
  const stays = await mark(page);
  const field = shopper.field(fields.code);
  await shopper.confirm(other(right));
  await expect(field).toHaveAccessibleDescription(new RegExp(count('en', errors.code_wrong, 4)));
  await expect(field).toBeFocused();
  expect(await stays()).toBe(true);
  // As copied from an email.
  await field.fill('');
  await field.pressSequentially(` ${right.slice(0, 3)} ${right.slice(3)}`);
  await expect(field).toHaveValue(right);
  await expect(field).not.toHaveAttribute('aria-invalid', 'true');
  await shopper.press(code.confirm);
  await shopper.isAt('/recover/password', recovery.password_title);
  expect(await stays()).toBe(false);
});

test.describe('"Get code"', () => {
  test.use({ settings: { LATCHKEY_LIMITS: 'on', LATCHKEY_CODE_RESEND_SECONDS: '2' } });

  test('sends another one in place, and counts its wait', async ({ page, shopper, server }) => {
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    await waitForHydration(page);
    const first = await shopper.recoveryCode(person);
    const stays = await mark(page);
    const get_code = shopper.button(code.get_code);
    await expect(get_code).toBeEnabled();
    await shopper.press(get_code);
    await expect(shopper.notice(code.sent_again)).toBeVisible();
    await expect(get_code).toBeDisabled();
    await expect(get_code).toBeEnabled();
    expect(await stays()).toBe(true);
    await expect(page.getByText(code.sent_at)).toBeVisible();
    // The earlier code leads to a hint at the newest email.
    await shopper.confirm(first);
    await expect(shopper.alert).toContainText(code.newest_letter);
    expect(await stays()).toBe(true);
  });

  test('becomes the main button once a code is over', async ({ page, shopper, server }) => {
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    await waitForHydration(page);
    const wrong = other(await shopper.recoveryCode(person));
    for (let tries = 0; tries < 6; tries += 1) {
      await shopper.confirm(wrong);
      await expect(shopper.button(code.confirm)).not.toHaveAttribute('aria-busy', 'true');
    }
    await expect(shopper.alert).toContainText(errors.code_exhausted);
    await expect(shopper.button(code.get_code)).not.toHaveClass(/second/);
    await expect(shopper.button(code.confirm)).toHaveClass(/second/);
  });
});

test('two passwords that differ are stopped in the browser, and nothing typed is lost', async ({ page, shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.recoverUntilPassword(person);
  await waitForHydration(page);
  const stays = await mark(page);
  const [first, second] = [shopper.field(fields.new_password), shopper.field(fields.new_password_again)];
  await first.fill('three unusual words');
  await second.fill('three unusual wards');
  await shopper.press(recovery.update_password);
  await expect(second).toBeFocused();
  await expect(second).toHaveAccessibleDescription(new RegExp(errors.passwords_differ));
  await expect(first).toHaveValue('three unusual words');
  expect(await stays()).toBe(true);
  await second.fill('three unusual words');
  await shopper.press(recovery.update_password);
  await shopper.isAt('/recover/done', recovery.done_title);
});

test('the title of a page that came back says so', async ({ page, shopper }) => {
  await page.goto('/sign-in');
  await shopper.field(fields.identifier).fill('nobody');
  await shopper.field(fields.password).fill('some wrong words');
  await shopper.press(sign_in.title);
  await expect(page).toHaveTitle(/^Error: Sign in/);
});

test('Caps Lock is hinted at', async ({ page, shopper }) => {
  await page.goto('/sign-in');
  await waitForHydration(page);
  const password = shopper.field(fields.password);
  await password.focus();
  await password.evaluate((input) =>
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: true, bubbles: true })));
  await expect(page.getByText(ui.caps_lock)).toBeVisible();
  await page.keyboard.press('a');
  await expect(page.getByText(ui.caps_lock)).toBeHidden();
});

test.describe('after failures', () => {
  test.use({ settings: { LATCHKEY_LIMITS: 'on' } });

  test('the wait is counted down beside the button', async ({ page, shopper, server }) => {
    const person = newPerson();
    await server.makeAccount(person);
    for (let failures = 0; failures < 6; failures += 1) await shopper.signIn(person, 'some wrong words');
    await expect(shopper.alert).toContainText('Too many tries in a row');
    await waitForHydration(page);
    await expect(shopper.button(sign_in.title)).toBeDisabled();
    await expect(page.getByText(/^0:(2\d|30)$/)).toBeVisible();
  });
});
